/** What made-up servers answer. */
import { type Answer, answer, ofJson, written } from '../../src/edge/answer.ts'

const utf8 = new TextEncoder()

/** A page, whatever the API would say. */
export const page = (text: string, status = 200): Answer =>
  written(utf8.encode(text), status, ofJson({ 'Content-Type': 'text/html' }))

/** These pieces, and no end. */
export const streamed = (pieces: readonly string[], left = () => {}): Answer =>
  answer(
    200,
    {},
    {
      writeTo(reader) {
        for (const piece of pieces) reader.write(utf8.encode(piece))
        return left
      },
    },
  )
