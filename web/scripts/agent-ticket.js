// One ticket: suggestions while it is read, one key for each thing that is done often. Without this script the same forms work by reloading.
import { onKeys } from './agent-keys-off.js'

const $ = (selector, within = document) => within.querySelector(selector)
const texts = $('[data-texts]').dataset
const live = $('[data-live]')
const reply = $('#reply')
const box = $('[data-suggestions]')

function tell(text, isWrong = false) {
  live.hidden = false
  live.classList.toggle('agt-wrong', isWrong)
  live.textContent = text
}

// What is being written outlives a session that ends meanwhile, a reload and the way back: in this tab, for who wrote it, until it is sent.
const draft = (area) => `draft ${$('.ag-who strong')?.textContent} ${location.pathname} ${area.id}`
function keep(area) {
  if (area.value === area.defaultValue) sessionStorage.removeItem(draft(area))
  else sessionStorage.setItem(draft(area), area.value)
}
// What was done is told once: a reload, or the way back, does not do it again; nor is what is being written by then what was sent.
const done = history.state?.told ? null : new URLSearchParams(location.search).get('done')
history.replaceState({ ...history.state, told: true }, '')
if (!done) $('[data-done]')?.remove()
function restore() {
  const areas = [...document.querySelectorAll('main form textarea[id]')]
  for (const area of areas) {
    const kept = sessionStorage.getItem(draft(area))
    if (kept === null) continue
    const sent = done && area.form.elements.do?.value === done
    if (sent) sessionStorage.removeItem(draft(area))
    else if (kept !== area.value) {
      area.value = kept
      const part = area.closest('details')
      if (part) part.open = true
      tell(texts.restored)
    }
  }
}
document.addEventListener('input', (event) => { if (event.target.matches('main form textarea[id]')) keep(event.target) })
document.addEventListener('keydown', (event) => {
  const area = event.target
  if (event.isComposing || !area.matches?.('main form :is(textarea, input, select)[id]')) return
  if (event.key === 'Escape') area.blur() // then keys of one character work again
  else if (!area.matches('textarea')) return
  else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    area.form.requestSubmit()
  }
})

// What changed while this page stayed: the state, what was said, who did what, and the revision that forms name.
async function renew() {
  const response = await fetch(location.pathname + location.search.replace(/[?&](done|open|article|suggest)=[^&]*/g, ''), { headers: { Accept: 'text/html' } })
  if (!response.ok) return
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  for (const piece of document.querySelectorAll('[data-piece]')) {
    const fresh = $(`[data-piece="${piece.dataset.piece}"]`, page)
    if (fresh) piece.replaceWith(fresh)
  }
  const revision = $('input[name="revision"]', page)?.value
  for (const input of document.querySelectorAll('input[name="revision"]')) if (revision) input.value = revision
}

// Not a lost connection: the service said no.
class Refused extends Error {}

async function send(path, method, body) {
  const response = await fetch(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  if (!response.ok) throw new Refused()
  return response.json()
}

const number = location.pathname.match(/\d+/)[0]
const lang = `?lang=${document.documentElement.lang}`

async function link(form) {
  await send(`/v1/tickets/${number}${lang}`, 'PATCH', { article: form.elements.article.value })
  for (const mark of box.querySelectorAll('.ag-mark-good')) mark.remove()
  const marks = $('.agt-marks', form.closest('[data-suggested]'))
  marks.insertAdjacentHTML('beforeend', '<span class="ag-mark ag-mark-good"></span>')
  marks.lastElementChild.textContent = texts.mark
  for (const input of document.querySelectorAll('#return-article, #flag-article')) input.value = form.elements.article.value
  tell(texts.linked)
  await renew().catch(() => {}) // it is linked all the same
}

function insert(form) {
  const before = reply.value.trimEnd()
  reply.value = `${before}${before ? '\n\n' : ''}${$('[data-insert]', form).value.trim()}\n`
  keep(reply)
  reply.focus()
  tell(texts.inserted)
}

async function reveal(form) {
  const field = form.dataset.reveal
  const { value } = await send(`/v1/tickets/${number}/reveal${lang}`, 'POST', { field })
  const place = $(`[data-value="${CSS.escape(field)}"]`)
  place.textContent = value
  place.tabIndex = -1
  form.remove()
  place.focus()
}

document.addEventListener('submit', async (event) => {
  const form = event.target
  const work = form.dataset.reveal ? reveal : { link, insert: reply && insert }[form.dataset.quick]
  if (!work) return
  event.preventDefault()
  try {
    await work(form)
  } catch (error) {
    // As without scripts: the page that comes says in words what is wrong, or leads to signing in.
    if (error instanceof Refused) form.submit()
    else tell(texts.noNetwork, true)
  }
})

function open(id, field) {
  const part = document.getElementById(id)
  if (!part) return
  part.open = true
  document.getElementById(field).focus()
}

document.addEventListener('click', (event) => {
  const flag = event.target.closest('[data-flag]')
  if (!flag) return
  event.preventDefault()
  document.getElementById('flag-article').value = flag.dataset.flag
  open('flag', 'flag-reason')
})

// The article that the keys mean: the one with the focus, else the first.
const chosen = () => document.activeElement?.closest('[data-suggested]') ?? $('[data-suggested]')
const quick = (name) => chosen()?.querySelector(`[data-quick="${name}"] button`)?.click()

onKeys({
  t: () => $('[data-key="take"] button')?.click(),
  a: () => reply?.focus(),
  l: () => quick('link'),
  i: () => quick('insert'),
  e: () => open('escalate', 'escalate-group'),
  r: () => open('return', 'return-article'),
  f: () => open('flag', 'flag-article'),
  '?': () => { const help = document.getElementById('keys'); help.open = !help.open; $('summary', help).focus() },
})

async function suggest() {
  if ($('[data-suggested]', box)) return
  box.setAttribute('aria-busy', 'true')
  box.innerHTML = '<p class="ag-small"></p>'
  box.firstElementChild.textContent = box.dataset.wait
  try {
    const response = await fetch(box.dataset.suggestions, { headers: { Accept: 'text/html' } })
    if (!response.ok) throw new Error(response.statusText)
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    box.replaceChildren(...page.body.children)
  } catch {
    box.firstElementChild.textContent = box.dataset.failed
  }
  box.removeAttribute('aria-busy')
}

document.getElementById('keys').hidden = false
restore()
suggest()
document.getElementById('wrong')?.focus()
