export const cookies = async () =>
  new Map([['visitor', { name: 'visitor', value: '3f2b8c1e-8d52-4b3a-9a54-0c9d1d6e7f10' }]])
