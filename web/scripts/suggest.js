// Completions while typing in the search box: a combobox with a list (WAI-ARIA 1.2). Without this the form just searches.
import { ask as askService } from './api.js'
import { fill, h } from './dom.js'

const pauseMs = 120

export function suggest(form, lang, words) {
  const input = form.querySelector('input[type="search"]')
  const list = h('ul', { class: 'suggestions', id: `${input.id}-list`, role: 'listbox', 'aria-label': words.label, hidden: true })
  const status = h('div', { class: 'visually-hidden', role: 'status' })
  let timer, asked = '', items = [], chosen = -1
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': 'false' }))
    input.setAttribute(name, value)
  form.append(list, status)

  function close() {
    list.hidden = true
    chosen = -1
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
  }
  function choose(index) {
    chosen = index
    for (const [i, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(i === index))
    if (index >= 0) input.setAttribute('aria-activedescendant', list.children[index].id)
    else input.removeAttribute('aria-activedescendant')
  }
  function go(item) {
    location.href = `/a/${encodeURIComponent(item.id)}?lang=${item.lang}`
  }
  function show(suggestions) {
    items = suggestions
    list.replaceChildren(...items.map((item, index) => h('li', {
      role: 'option', id: `${list.id}-${index}`, 'aria-selected': 'false', ...(item.lang !== lang && { lang: item.lang }),
      onmousedown: (event) => event.preventDefault(), onclick: () => go(item),
    }, item.text)))
    chosen = -1
    if (items.length === 0) return close()
    list.hidden = false
    input.setAttribute('aria-expanded', 'true')
    status.textContent = fill(words.count, { count: items.length })
  }
  async function ask() {
    const query = input.value.trim()
    if (query === asked) return
    asked = query
    if (query.length < 2) return show([])
    try {
      const response = await askService(`/v1/suggest?${new URLSearchParams({ q: query, lang })}`)
      const body = await response.json()
      if (query === input.value.trim() && document.activeElement === input) show((body.suggestions ?? []).slice(0, 6))
    } catch {
      close() // searching still works
    }
  }
  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(ask, pauseMs)
  })
  input.addEventListener('blur', close)
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !list.hidden) {
      close()
      event.preventDefault()
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && items.length > 0) {
      const step = event.key === 'ArrowDown' ? 1 : -1
      const next = list.hidden ? (step > 0 ? 0 : items.length - 1) : chosen + step
      list.hidden = false
      input.setAttribute('aria-expanded', 'true')
      choose(next < -1 ? items.length - 1 : next >= items.length ? -1 : next)
      event.preventDefault()
    } else if (event.key === 'Enter' && chosen >= 0) {
      event.preventDefault()
      go(items[chosen])
    }
  })
}
