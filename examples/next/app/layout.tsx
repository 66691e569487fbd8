import { GuidonProvider } from 'guidon/react'
import Link from 'next/link'
import { type ReactNode, Suspense } from 'react'
import { flags, service } from '../flags'

/** It stays while pages come and go, and so does the page's client, which is made of this visitor's flags. */
export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <nav>
          <Link href="/">Shop</Link> <Link href="/cart">Cart</Link>
        </nav>
        <Suspense fallback={<p>One moment …</p>}>
          <Flags>{children}</Flags>
        </Suspense>
      </body>
    </html>
  )
}

const Flags = async ({ children }: { children: ReactNode }) => {
  const client = await flags()
  return (
    <GuidonProvider options={{ ...service(), identity: client.identity, snapshot: client.snapshot() }}>
      {children}
    </GuidonProvider>
  )
}
