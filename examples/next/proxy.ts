import { newGuid } from 'guidon'
import { type NextRequest, NextResponse } from 'next/server'

/** Who comes for the first time gets a GUID, and keeps it in a cookie. */
export const proxy = (request: NextRequest) => {
  if (request.cookies.has('visitor')) return NextResponse.next()
  const visitor = newGuid()
  // For this very request, …
  request.cookies.set('visitor', visitor)
  const response = NextResponse.next({ request })
  // … and for those to come. No script of the page has to read it: the snapshot says whose flags it holds.
  response.cookies.set('visitor', visitor, { httpOnly: true, sameSite: 'lax', maxAge: 31_536_000 })
  return response
}

export const config = { matcher: '/((?!_next/).*)' }
