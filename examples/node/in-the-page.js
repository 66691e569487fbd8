// The page's own client. It begins with the flags that the server rendered with: they are fresh, so none are asked for.
const snapshot = guidon.readSnapshot()
const flags = guidon.createClient({
  environmentKey: snapshot.environment,
  api: document.currentScript.dataset.api,
  identity: snapshot.identity,
  snapshot,
})

const status = document.createElement('p')
status.textContent = `In the page: ${flags.status.state}`
document.getElementById('status').after(status)
