// The agents' search with scripts: it looks while one types, opens articles beside the list, and is done by keyboard alone. All that it shows is
// the server's page: its pieces are asked for at the same address.
import allTexts from 'texts:agent-script'
import { fill } from './dom.js'
import { keys } from './agent-keys.js'
import { checklist } from './agent-tried.js'

const texts = allTexts[document.documentElement.lang] ?? allTexts.it
const desk = document.querySelector('[data-desk]')
const form = desk.querySelector('[data-search]')
const input = form.querySelector('#q')
const live = desk.querySelector('[data-live]')
const paper = document.getElementById('article')
const list = desk.querySelector('[data-piece="list"]')
const patienceMs = 700 // what is typed is told when one stops
const retryMs = 1500
const noteMs = 250
let asking = null, opening = null, told, noted, retry

// What is told is for ears, as eyes see it happen; but that nothing comes is for both.
function tell(text, isLost = false) {
  live.className = isLost ? 'ag-lost' : 'visually-hidden'
  live.textContent = text
}
const later = (timer, work, ms) => { clearTimeout(timer); return setTimeout(work, ms) }

// ---- the address says all ----

function address() {
  const fields = new URLSearchParams()
  for (const [name, value] of new FormData(form)) if (value.trim()) fields.set(name, value.trim())
  return fields
}
const open = () => paper.querySelector('[data-id]')
function withArticle(fields) {
  const shown = new URLSearchParams(location.search)
  for (const name of ['id', 'of', 'read', 'walk']) if (shown.get(name)) fields.set(name, shown.get(name))
  return fields
}
const page = (fields) => `/agent/${`${fields}` && `?${fields}`}`

async function ask(fields, part, signal) {
  const response = await fetch(`/agent/?${fields}${`${fields}` ? '&' : ''}part=${part}`, { signal, headers: { Accept: 'text/html' } })
  if (response.redirected || response.status === 401) location.replace(page(fields)) // the session is over: the page leads to signing in, and back
  if (!response.ok) throw new Error(String(response.status))
  return response.text()
}

// ---- the list ----

function put(html) {
  const fresh = document.createElement('template')
  fresh.innerHTML = html
  for (const piece of fresh.content.querySelectorAll('[data-piece]')) {
    const old = desk.querySelector(`[data-piece="${piece.dataset.piece}"]`)
    // Who is choosing a filter keeps its list.
    if (piece.dataset.piece === 'filters' && old.contains(document.activeElement)) keepChosen(old, piece)
    else old.replaceChildren(...piece.childNodes)
  }
  list.scrollTop = 0
}
// Counts change in place: a new list would close the one that is open.
function keepChosen(old, fresh) {
  for (const select of old.querySelectorAll('select')) {
    const other = fresh.querySelector(`select[name="${select.name}"]`)
    if (select === document.activeElement) {
      for (const option of select.options) option.text = [...other.options].find(({ value }) => value === option.value)?.text ?? option.text.replace(/\(\d+\)$/, '(0)')
    } else select.replaceChildren(...other.childNodes)
  }
}

function tellCount() {
  const hits = list.querySelectorAll('.ag-hits > li').length
  const count = list.querySelector('[data-count]')
  tell(hits === 0 ? texts['agent.live.none'] : count.textContent)
}

// Each key asks at once; what is asked for anew makes the answer before it worthless. The last list stays until the next one is there.
export async function look(fields = address()) {
  asking?.abort()
  clearTimeout(retry)
  const mine = asking = new AbortController()
  const query = withArticle(new URLSearchParams(fields))
  try {
    const html = await ask(query, 'list', mine.signal)
    if (mine !== asking) return
    put(html)
    if (live.className === 'ag-lost') tell('')
    performance.mark('agent-list')
    told = later(told, tellCount, patienceMs)
    noted = later(noted, () => history.replaceState(null, '', page(query)), noteMs)
    const found = list.querySelector('[data-open]')
    if (found) show(found.href, { push: false })
  } catch (error) {
    if (error.name === 'AbortError') return
    clearTimeout(told)
    tell(texts['agent.live.lost'], true)
    retry = setTimeout(() => look(), retryMs)
  }
}

// ---- the article ----

const hits = () => [...list.querySelectorAll('[data-hit]')]
const chosen = () => hits().find((hit) => hit.closest('.ag-current')) ?? hits().find((hit) => hit === lastHit)
let lastHit = null

function markCurrent() {
  const { id, of } = open()?.dataset ?? {}
  for (const hit of hits()) {
    const { searchParams } = new URL(hit.href)
    const is = id !== undefined && searchParams.get('id') === id && (searchParams.get('of') ?? of) === of // a translation is another one
    hit.closest('li')?.classList.toggle('ag-current', is)
    if (is) hit.setAttribute('aria-current', 'true')
    else hit.removeAttribute('aria-current')
  }
  desk.classList.toggle('ag-reading', id !== undefined)
}

function dress() {
  const article = open()
  for (const button of paper.querySelectorAll('[data-copy]')) button.hidden = false
  if (article) checklist(article, { texts, tell, copy, ticket: desk.dataset.ticket })
  markCurrent()
}

export async function show(href, { push = true, focus = false } = {}) {
  const url = new URL(href, location.href)
  opening?.abort()
  const mine = opening = new AbortController()
  try {
    const html = await ask(url.searchParams, 'article', mine.signal)
    if (mine !== opening) return
    clearTimeout(noted)
    history[push ? 'pushState' : 'replaceState'](null, '', url.pathname + url.search + url.hash)
    paper.innerHTML = html
    paper.scrollTop = 0
    dress()
    const at = url.hash ? document.getElementById(decodeURIComponent(url.hash.slice(1))) : null
    const start = paper.querySelector('[data-start]')
    if (at) toStep(at)
    else if (focus && start) start.focus()
    else if (focus) paper.querySelector('#article-title')?.focus({ preventScroll: true })
    if (!matchMedia('(min-width: 62rem)').matches && focus) paper.scrollIntoView()
    if (open()) tell(fill(texts['agent.live.opened'], { name: open().dataset.name }))
  } catch (error) {
    if (error.name === 'AbortError') return
    if (navigator.onLine && !(error instanceof TypeError)) location.href = url.href
    else tell(texts['agent.live.no-network'], true) // what is on the screen stays
  }
}

function shut() {
  const fields = address()
  const hit = chosen()
  opening?.abort()
  history.pushState(null, '', page(fields))
  ask(fields, 'article').then((html) => { if (!open() || !location.search.includes('id=')) { paper.innerHTML = html; dress() } }).catch(() => {})
  ;(hit ?? input).focus()
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text)
    tell(texts['agent.live.copied'])
  } catch {
    tell(texts['agent.live.not-copied'])
  }
}

function toStep(step) {
  for (const other of paper.querySelectorAll('.ag-now')) other.classList.remove('ag-now')
  step.classList.add('ag-now')
  step.focus({ preventScroll: true })
  step.scrollIntoView({ block: 'start', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' })
}

// ---- what one does ----

input.addEventListener('input', () => {
  performance.mark('agent-key')
  look()
})
form.addEventListener('submit', (event) => {
  event.preventDefault()
  const first = list.querySelector('[data-open]') ?? hits()[0]
  if (asking && first && input.value.trim() !== (new URL(first.href).searchParams.get('q') ?? '')) look().then(() => hits()[0] && show(hits()[0].href, { focus: true }))
  else if (first && input.value.trim()) show(first.href, { focus: true })
  else look()
})
form.addEventListener('change', (event) => {
  if (event.target.matches('select')) {
    if (event.target.name === 'service') form.querySelector('select[name="category"]').value = ''
    look()
  }
})
desk.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = event.target.closest('a')
  if (event.target.closest('[data-copy]')) return void copy(new URL(event.target.closest('[data-copy]').dataset.copy, location.href).href)
  if (!link) return
  const inside = link.closest('#article') && link.pathname.startsWith('/a/') && link.origin === location.origin && !link.matches('[data-away]')
  if (link.matches('[data-clear]')) {
    event.preventDefault()
    for (const select of form.querySelectorAll('select')) select.value = ''
    look()
    input.focus()
  } else if (link.matches('[data-back]')) {
    event.preventDefault()
    shut()
  } else if (link.matches('[data-hit], [data-stay]')) {
    event.preventDefault()
    if (link.matches('[data-hit]')) lastHit = link
    show(link.href, { focus: true })
  } else if (link.matches('[data-choice]') || (link.closest('#article') && link.hash && link.pathname === location.pathname)) {
    const step = document.getElementById(decodeURIComponent(link.hash.slice(1)))
    if (!step) return
    event.preventDefault()
    step.tabIndex = -1
    toStep(step)
  } else if (inside) {
    event.preventDefault()
    const fields = address()
    fields.set('id', decodeURIComponent(link.pathname.slice(3)))
    const of = new URLSearchParams(link.search).get('lang')
    if (of) fields.set('of', of)
    show(page(fields) + link.hash, { focus: true })
  } else if (link.closest('.pager') || link.closest('[data-count]')) {
    event.preventDefault()
    const fields = new URLSearchParams(link.search)
    if (fields.get('q') !== null) input.value = fields.get('q')
    look(fields)
    input.focus()
  }
})
window.addEventListener('popstate', () => {
  const fields = new URLSearchParams(location.search)
  input.value = fields.get('q') ?? ''
  for (const select of form.querySelectorAll('select')) select.value = fields.get(select.name) ?? ''
  show(location.href, { push: false }).then(() => look())
})

keys({ desk, input, hits, paper, toStep, shut, isOpen: () => open() !== null, open: (hit) => { lastHit = hit; show(hit.href, { focus: true }) } })
document.documentElement.classList.add('ag-scripts')
dress()
if (!open()) input.focus()
