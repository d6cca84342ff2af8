// Comfort for the dashboard's form: what is empty stays out of the address, and the last day is not before the first.
const form = document.querySelector('[data-dashboard]')
if (form) {
  const [from, to] = ['from', 'to'].map((name) => form.elements[name])
  const bound = () => { to.min = from.value }
  from.addEventListener('change', bound)
  bound()
  form.addEventListener('submit', () => {
    for (const select of form.querySelectorAll('select')) select.disabled = !select.value
  })
  // Back from where it led: everything can be chosen again.
  addEventListener('pageshow', () => { for (const select of form.querySelectorAll('select')) select.disabled = false })
}
