// The editors' page with scripts: it follows what is saved, and its links and forms change it without loading it again. All that it
// shows is the server's page: the same address is asked for again, and the pieces that differ are put in place of the old ones.
import allTexts from 'texts:editor-script'
import { fill } from './dom.js'
import { walk } from './walk.js'

const texts = allTexts[document.documentElement.lang] ?? allTexts.it
const live = document.querySelector('[data-live]')
const find = document.querySelector('[data-find] input[type="search"]')
const narrow = window.matchMedia('(max-width: 61.99rem)')
const retryMs = 2000
let number = document.body.dataset.number
let shown = new Map() // piece → its HTML as the server sent it
let asking = null // the request of the page that is under way
let filtered = null // the folds as they were before the list was searched

// ---- what is told ----

function tell(text, mood) {
  live.textContent = text
  live.classList.toggle('ed-lost', mood === 'lost')
  live.classList.toggle('ed-fresh', mood === 'fresh')
}

function tellTime() {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date())
  tell(fill(texts['editor.live.updated'], { time }), 'fresh')
}

// ---- pieces ----

const pieces = (root) => [...root.querySelectorAll('[data-piece]')]
const note = (root) => { shown = new Map(pieces(root).map((piece) => [piece.dataset.piece, piece.innerHTML])) }

// Folds stay as the editor left them.
function folds(root) {
  return new Map([...root.querySelectorAll('details[data-keep], details[id]')].map((fold) => [fold.dataset.keep ?? fold.id, fold.open]))
}
function restoreFolds(root, open, current) {
  for (const fold of root.querySelectorAll('details[data-keep], details[id]')) {
    const was = open.get(fold.dataset.keep ?? fold.id)
    if (was !== undefined && !(current && fold.querySelector('[aria-current]'))) fold.open = was
  }
}

// Who is on a link or button of a piece is on the same one of the new piece.
function keepFocus(piece, change) {
  const active = document.activeElement
  const inside = piece.contains(active) && active !== piece
  const mark = inside && (active.getAttribute('href') ?? active.dataset.step ?? active.textContent)
  change()
  if (!inside) return
  const same = [...piece.querySelectorAll('a, button, summary, input')]
    .find((one) => (one.getAttribute('href') ?? one.dataset.step ?? one.textContent) === mark)
  ;(same ?? piece).focus({ preventScroll: true })
}

// The blocks of the text that are new: marked, and brought into view when none of them is.
function markNew(before, article) {
  const body = article.querySelector('.article-body')
  if (!body) return
  const fresh = [...body.children].filter((block) => !before.has(block.outerHTML))
  if (fresh.length === 0 || fresh.length === body.children.length) return
  for (const block of fresh) block.classList.add('ed-new')
  const seen = fresh.some((block) => {
    const { top, bottom } = block.getBoundingClientRect()
    return bottom > 64 && top < window.innerHeight
  })
  if (!seen && !narrow.matches) fresh[0].scrollIntoView({ block: 'center' })
}
const blocks = (root) => new Set([...root.querySelectorAll('.article-body > *')].map((block) => block.outerHTML))

function putPiece(piece, html, moved) {
  const isArticle = piece.dataset.piece === 'article'
  const before = isArticle && !moved ? blocks(rawArticle()) : null
  const open = folds(piece)
  const top = piece.scrollTop
  keepFocus(piece, () => { piece.innerHTML = html })
  restoreFolds(piece, open, moved)
  piece.scrollTop = top
  if (!isArticle) return
  walk(piece, texts)
  if (before) markNew(before, piece)
}

// As the server sent it: without what scripts added since.
function rawArticle() {
  return new DOMParser().parseFromString(shown.get('article') ?? '', 'text/html')
}

// moved: another address was gone to; false: the same one has changed.
function put(page, moved) {
  let changed = false
  for (const fresh of pieces(page)) {
    const piece = document.querySelector(`[data-piece="${fresh.dataset.piece}"]`)
    const html = fresh.innerHTML
    if (!piece || shown.get(fresh.dataset.piece) === html) continue
    putPiece(piece, html, moved)
    shown.set(fresh.dataset.piece, html)
    changed = true
  }
  document.title = page.title
  if (moved) {
    number = page.body.dataset.number
    followAddress(page)
  }
  filterList()
  return changed
}

// Forms say what the address says.
function followAddress(page) {
  for (const form of document.querySelectorAll('form'))
    for (const field of form.elements) {
      const fresh = field.name && page.querySelector(`form[${[...form.attributes].find(({ name }) => name.startsWith('data-'))?.name}] [name="${field.name}"]`)
      if (fresh && field !== document.activeElement && field !== find) field.value = fresh.value
    }
  const brand = document.querySelector('.ed-brand a')
  brand.href = page.querySelector('.ed-brand a').href
}

// ---- the address ----

async function load(address, moved) {
  asking?.abort()
  const mine = asking = new AbortController()
  try {
    const response = await fetch(address, { signal: mine.signal, headers: { Accept: 'text/html' } })
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    // Another language, or an error: the whole page is another.
    if (!response.ok || page.documentElement.lang !== document.documentElement.lang) {
      if (moved) location.assign(address)
      return false
    }
    return put(page, moved)
  } catch (error) {
    if (error.name !== 'AbortError' && moved) location.assign(address)
    return false
  } finally {
    if (asking === mine) asking = null
  }
}

async function go(address, focus) {
  history.pushState(null, '', address)
  await load(address, true)
  if (!focus) return
  const target = document.getElementById(focus)
  target.focus({ preventScroll: true })
  if (focus === 'article' && (narrow.matches || target.getBoundingClientRect().top < 0)) target.scrollIntoView()
}

const isHere = (link) => link.origin === location.origin && link.pathname === '/editor/'
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href]')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
  if (!isHere(link) || link.search === location.search) return
  event.preventDefault()
  const question = new URL(link.href).searchParams.get('ask')
  go(link.href, link.closest('.ed-questions') ? null : 'article')
  if (question) document.getElementById('ed-ask').value = question
})
// A category of the list, from the article's own link to it.
document.addEventListener('click', (event) => {
  const target = event.target.closest('a[href^="#c-"]') && document.getElementById(event.target.closest('a').hash.slice(1))
  if (!target) return
  document.querySelector('[data-list-fold]').open = true
  target.open = true
})
window.addEventListener('popstate', () => load(location.href, true))

// Empty fields are left out, so that addresses stay short; who is no citizen, and another day, are said.
function addressOf(form) {
  const today = view.querySelector('[name="on"]').dataset.today
  const pairs = [...new FormData(form)].filter(([name, value]) => value.trim() !== '' && !(name === 'as' && value === 'citizen') && !(name === 'on' && value === today))
  return `/editor/?${new URLSearchParams(pairs)}`
}
const view = document.querySelector('[data-view]')
view.addEventListener('change', (event) => { if (event.target.validity.valid) go(addressOf(view)) })
for (const form of document.querySelectorAll('[data-view], [data-ask]'))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    go(addressOf(form))
  })

// ---- the list ----

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
function filterList() {
  const wanted = plain(find.value.trim())
  const categories = [...document.querySelectorAll('.ed-category')]
  if (wanted && !filtered) filtered = new Map(categories.map((category) => [category.id, category.open]))
  for (const category of categories) {
    let any = false
    for (const item of category.querySelectorAll('li')) {
      const link = item.firstElementChild
      item.hidden = wanted !== '' && !plain(`${link.textContent} ${link.dataset.path}`).includes(wanted)
      any ||= !item.hidden
    }
    category.hidden = wanted !== '' && !any
    if (wanted) category.open = any
    else if (filtered?.has(category.id)) category.open = filtered.get(category.id) || Boolean(category.querySelector('[aria-current]'))
  }
  document.querySelector('[data-none]').hidden = !wanted || categories.some((category) => !category.hidden)
  if (!wanted) filtered = null
}
find.addEventListener('input', filterList)
find.form.addEventListener('submit', (event) => {
  event.preventDefault()
  filterList()
  document.querySelector('.ed-category:not([hidden]) li:not([hidden]) a')?.focus()
})

// ---- changes ----

// A request that waits on the server until something is saved; only while somebody looks, as a browser opens few at once.
let waiting = null
async function follow() {
  while (!document.hidden) {
    waiting = new AbortController()
    try {
      const response = await fetch(`/editor/changes?seen=${number}`, { signal: waiting.signal, cache: 'no-store' })
      if (response.status === 401) return location.reload() // the session is over: the page leads to signing in
      if (!response.ok) throw new Error(String(response.status))
      const told = await response.json()
      if (live.classList.contains('ed-lost')) tell(texts['editor.live.waiting'])
      if (told.number === number) continue
      number = told.number
      if (await load(location.href, false)) tellTime()
    } catch (error) {
      if (error.name === 'AbortError') return
      tell(texts['editor.live.lost'], 'lost')
      await new Promise((later) => setTimeout(later, retryMs))
    }
  }
}
document.addEventListener('visibilitychange', () => {
  if (document.hidden) waiting?.abort()
  else follow()
})

// ---- start ----

document.documentElement.classList.add('ed-scripts')
note(document)
// With scripts the list is searched here: it has to be the whole one.
const whole = new URL(location.href)
if (whole.searchParams.has('q')) {
  whole.searchParams.delete('q')
  history.replaceState(null, '', whole)
  load(whole.href, true)
}
if (narrow.matches) document.querySelector('[data-list-fold]').open = false
walk(document.getElementById('article'), texts)
filterList()
tell(texts['editor.live.waiting'])
document.querySelector('.ed-list [aria-current]')?.scrollIntoView({ block: 'nearest' })
follow()
