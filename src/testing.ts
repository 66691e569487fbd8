export {
  type EnvironmentOptions,
  environment,
  type FeatureInput,
  type SegmentCondition,
  type SegmentOptions,
  type Share,
} from './testing/environment.ts'
export { FakeStorage } from './testing/fake-storage.ts'
export type { FlagInput, FlagInputs, FlagParts } from './testing/flag-input.ts'
export { type HandledServer, type MswHttp, type MswOptions, mswHandlers } from './testing/msw-handlers.ts'
export type { TestAnswer, TestAnswers, TestReply, TestRequest } from './testing/network.ts'
export {
  type TestClient,
  type TestClientOptions,
  type TestControls,
  testClient,
} from './testing/test-client.ts'
