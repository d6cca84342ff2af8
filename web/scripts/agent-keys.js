// The console by keyboard: what each key does, and where. Keys of a single character can be turned off (WCAG 2.1.4), and never do anything
// while one writes.
const kept = 'agent-keys'

const writes = (element) => element.matches('input:not([type="checkbox"]), textarea, select, [contenteditable]')

export function keys({ desk, input, hits, paper, toStep, shut, isOpen, open }) {
  const help = document.querySelector('[data-keys]')
  const on = help.querySelector('[data-keys-on]')
  on.checked = localStorage.getItem(kept) !== 'off'
  on.addEventListener('change', () => localStorage.setItem(kept, on.checked ? 'on' : 'off'))
  let back = null
  const show = () => {
    back = document.activeElement
    help.showModal()
  }
  const button = document.querySelector('[data-help]')
  button.hidden = false
  button.addEventListener('click', show)
  help.addEventListener('close', () => back?.focus())

  // Up from the first one is the search, down from the search the first one; from an article they scroll it, as everywhere.
  function move(event, step) {
    const all = hits()
    const at = all.indexOf(document.activeElement)
    if (at < 0 && document.activeElement !== input) return
    if (at < 0 && step < 0) return
    const next = at + step
    if (next >= all.length) return event.preventDefault()
    event.preventDefault()
    if (next < 0) input.focus()
    else all[next].focus()
  }

  function leave(event) {
    if (help.open || document.querySelector('dialog[open]')) return // it closes by itself
    const active = document.activeElement
    if (isOpen() && paper.contains(active)) shut()
    else if (hits().includes(active) || (active !== input && desk.contains(active))) input.focus()
    else if (active === input && input.value) {
      input.value = ''
      input.dispatchEvent(new Event('input', { bubbles: true }))
    } else if (isOpen()) shut()
    else return
    event.preventDefault()
  }

  function character(event) {
    const step = /^[1-9]$/.test(event.key) && paper.querySelector(`[data-step][data-number="${event.key}"]`)
    if (event.key === '/') {
      input.focus()
      input.select()
    } else if (event.key === '?') show()
    else if (step) toStep(step)
    else return
    event.preventDefault()
  }

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') move(event, event.key === 'ArrowDown' ? 1 : -1)
    else if (event.key === 'Escape') leave(event)
    else if (event.key === 'Enter' && hits().includes(document.activeElement)) {
      event.preventDefault()
      open(document.activeElement)
    } else if (on.checked && !help.open && !writes(document.activeElement)) character(event)
  })
}
