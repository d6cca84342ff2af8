// The calls of the service that a chat makes. Each gives {ok, status, body}; a failure to connect gives status 0.
const timeoutMs = 20000

// On the service's own pages who signed in is who they are, as without scripts; once the session is over they are a citizen, as on its pages.
export async function ask(url, options) {
  const response = await fetch(url, { ...options, credentials: 'same-origin' })
  return response.status === 401 ? fetch(url, { ...options, credentials: 'omit' }) : response
}

async function call(base, path, body, headers) {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), timeoutMs)
  try {
    const options = { method: 'POST', signal: stop.signal, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) }
    const response = base ? await fetch(base + path, { ...options, credentials: 'omit' }) : await ask(path, options)
    const text = await response.text()
    return { ok: response.ok, status: response.status, body: text ? JSON.parse(text) : {} }
  } catch {
    return { ok: false, status: 0, body: {} }
  } finally {
    clearTimeout(timer)
  }
}

// The time first (as in RFC 9562, version 7): keys that are made one after the other lie beside each other in the service's store.
export function newKey() {
  return Date.now().toString(16).padStart(12, '0') + [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

export const api = (base, lang, wantedLang, channel) => ({
  // A word that is the same in all languages is answered in the page's, not in the browser's.
  // key: a message that is sent again under the one it had is not said twice.
  chat: (message, conversation, category, key) =>
    call(base, '/v1/chat', { message, channel, ...(wantedLang && { lang: wantedLang }), ...(conversation && { conversation }), ...(category && { category }) },
      { 'Accept-Language': lang, 'Idempotency-Key': key }),
  feedback: (conversation, solved) => call(base, `/v1/chat/${conversation}/feedback`, { solved }),
  check: (body) => call(base, '/v1/tickets?check=1', { lang, channel, ...body }),
  ticket: (body, key) => call(base, '/v1/tickets', { lang, channel, ...body }, { 'Idempotency-Key': key }),
})
