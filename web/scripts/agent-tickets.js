// The queue: it keeps itself up to date, and goes by keys. Without this script it is a page with links and forms.
import { onKeys } from './agent-keys-off.js'

const live = document.querySelector('[data-live]')
const every = 20000
let tag = ''

const links = () => [...document.querySelectorAll('.agt-about a')]

function move(step) {
  const all = links()
  const at = all.findIndex((link) => link.closest('.agt-row').contains(document.activeElement))
  all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))]?.focus()
}

onKeys({
  j: () => move(1),
  k: () => move(-1),
  t: () => {
    const take = document.activeElement?.closest('.agt-row')?.querySelector('[data-take]')
    take?.click()
    return Boolean(take)
  },
})

// The list anew, with the focus where it was.
async function renew() {
  const response = await fetch(location.href, { headers: { Accept: 'text/html' } })
  if (!response.ok) throw new Error(String(response.status))
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  const fresh = page.querySelector('[data-piece="queue"]')
  if (!fresh) return
  const focused = document.activeElement
  const row = focused?.closest?.('.agt-row')?.dataset.row
  const onTake = focused?.matches?.('[data-take]')
  document.querySelector('[data-piece="queue"]').replaceWith(fresh)
  if (row) (document.querySelector(onTake ? `[data-row="${row}"] [data-take]` : `#t${row}`) ?? links()[0])?.focus()
  live.textContent = live.dataset.updated
}

async function look() {
  if (document.hidden) return
  try {
    const query = new URLSearchParams(location.search)
    query.delete('lang')
    for (const [name, value] of [...query]) if (!value) query.delete(name)
    query.set('per_page', '25')
    const response = await fetch(`/v1/queue?${query}`, { cache: 'no-store', headers: tag ? { 'If-None-Match': tag } : {} })
    if (response.status === 401) return location.reload() // the session is over: the page leads to signing in
    if (response.status !== 200) return
    const now = response.headers.get('ETag') ?? ''
    if (tag && now !== tag) await renew()
    tag = now
  } catch {
    // No network: the next look may find it again.
  }
}

document.querySelector('[data-keys]').hidden = false
look()
setInterval(look, every)
document.addEventListener('visibilitychange', look)
