// Flags bundled with the page, as `guidon pull` writes them: what a first visit shows before the server has answered.
export const defaults = {
  flags: {
    'new-checkout': {
      enabled: false,
      value: null,
    },
    'dark-mode': {
      enabled: true,
      value: null,
    },
    'font-size': {
      enabled: true,
      value: 16,
    },
    theme: {
      enabled: true,
      value: '{"accent":"#2f6f4f","background":"#fbfaf7","radius":8,"density":"comfortable"}',
    },
    'navigation-style': {
      enabled: true,
      value: 'sidebar',
    },
    'home-hero-text': {
      enabled: true,
      value: 'Plan the week together, and close the laptop on Friday.',
    },
    'onboarding-flow': {
      enabled: true,
      value: 'classic',
    },
    'pricing-page-layout': {
      enabled: true,
      value: 'table',
    },
    max_boards: {
      enabled: true,
      value: 3,
    },
    max_upload_mb: {
      enabled: true,
      value: 25,
    },
    'release-channel': {
      enabled: true,
      value: 'stable',
    },
    'support-chat': {
      enabled: true,
      value: '{"hours":"08:00-18:00","timezone":"Europe/Lisbon","languages":["en","fr","pt"]}',
    },
  },
}
