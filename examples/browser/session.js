// What an app knows of its user besides the flags: who is logged in. guidon asks for it at each start and resumes nobody
// by itself. For this demo it also remembers the switches, so that "cut the network, reload" shows what it should.

const KEY = 'demo.session'

const read = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {}
  } catch {
    return {}
  }
}

export const session = { identity: undefined, cut: false, slow: false, inspected: false, ...read() }

export const remember = (changes) => {
  Object.assign(session, changes)
  try {
    sessionStorage.setItem(KEY, JSON.stringify(session))
  } catch {
    // Storage is denied: the demo forgets, and goes on.
  }
}
