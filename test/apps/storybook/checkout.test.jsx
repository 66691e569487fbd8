// @vitest-environment happy-dom
import { composeStories, setProjectAnnotations } from '@storybook/react'
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeAll, expect, it } from 'vitest'
import * as stories from './checkout.stories.jsx'
import preview from './preview.jsx'

const project = setProjectAnnotations(preview)
beforeAll(project.beforeAll)
afterEach(cleanup)

const { Today, Tomorrow } = composeStories(stories)

it('shows a story with the flags of its file', () => {
  render(<Today />)
  expect(screen.getByRole('button').textContent).toBe('Fill in nine fields')
  expect(screen.getByRole('button').style.color).toBe('red')
})

it('adds the flags of a story to those of its file', async () => {
  await Tomorrow.run()
  expect(screen.getByRole('button').textContent).toBe('Pay with one click')
  expect(screen.getByRole('button').style.color).toBe('red')
})
