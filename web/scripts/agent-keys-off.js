// Keys of a single character can be turned off (WCAG 2.1.4), and never do anything while one writes. The choice holds on all pages of the console.
const kept = 'agent-keys'
const writes = (element) => element.matches('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]')

// What each key does; one that returns false does nothing.
export function onKeys(actions) {
  const on = document.getElementById('keys-on')
  on.checked = localStorage.getItem(kept) !== 'off'
  on.addEventListener('change', () => localStorage.setItem(kept, on.checked ? 'on' : 'off'))
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    if (!on.checked || writes(event.target) || !actions[event.key] || actions[event.key]() === false) return
    event.preventDefault()
  })
}
