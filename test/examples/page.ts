import { readFileSync } from 'node:fs'
import type { EnvironmentDocument } from '../../src/edge.ts'
import type { Net } from '../chromium/net.ts'

/** The environment of the examples. */
export const shop: EnvironmentDocument = JSON.parse(readFileSync('examples/environment.json', 'utf8'))
export const HEADLINE = 'home-hero-text'

/** The same, with a headline for each of some people. */
export const headlines = (people: Record<string, string>): EnvironmentDocument => ({
  ...shop,
  identity_overrides: Object.entries(people).map(([identifier, feature_state_value]) => ({
    identifier,
    identity_features: shop.feature_states
      .filter(({ feature }) => feature.name === HEADLINE)
      .map((state) => ({ ...state, feature_state_value })),
  })),
})

/** What an example's page says to its reader, and what it brings for its script. */
export const headline = (page: string) => /<h1[^>]*>(.*)<\/h1>/.exec(page)?.[1]
export const snapshot = (page: string) => JSON.parse(/id="guidon">([^<]*)</.exec(page)?.[1] ?? 'null')

/** For whom the service was asked. */
export const identifiers = (net: Net) =>
  net.asked().map(({ path }) => new URL(path, net.origin).searchParams.get('identifier'))
