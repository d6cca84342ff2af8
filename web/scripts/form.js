// The page's form of a ticket: checked by the service before it is sent, so that mistakes are told in place and there is no page of a form
// to get again. Without scripts the service tells them on one of its own.
import { showError, tooLong, uncut } from './checked.js'
import { h } from './dom.js'

const labelOf = (holder) => holder.querySelector('label').firstChild.textContent.trim()

function summary(form, holders, errors) {
  document.querySelector('.error-summary')?.remove()
  if (errors.length === 0) return
  const box = h('div', { class: 'error-summary', role: 'alert', tabindex: -1 }, h('h2', null, form.dataset.wrong),
    h('ul', null, errors.map(({ field, message }) => {
      const holder = holders.find(({ dataset }) => dataset.field === field)
      return h('li', null, holder && [h('a', { href: `#${holder.querySelector('label').htmlFor}` }, labelOf(holder)), ': '], message)
    })))
  form.before(box)
  box.focus({ preventScroll: true })
  box.scrollIntoView({ block: 'start' })
}

// What happened must be told, in one of the fields for it.
function missing(form, holders) {
  const stories = holders.map((holder) => holder.querySelector('textarea')).filter(Boolean)
  const needed = stories.find(({ required }) => required)
  return needed && stories.every(({ value }) => !value.trim()) ? [{ field: needed.closest('[data-field]').dataset.field, message: form.dataset.missing }] : []
}

// check(fields) gives the service's reply; where it cannot be asked the form is sent as it is. sending() is told when it is.
export function checkedForm(form, check, sending, text) {
  uncut(form)
  const holders = [...form.querySelectorAll('[data-field]')]
  let busy = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    event.stopImmediatePropagation()
    if (busy) return
    busy = true
    const fields = Object.fromEntries([...new FormData(form)].filter(([name, value]) => name.startsWith('f-') && value.trim()).map(([name, value]) => [name.slice(2), value]))
    const long = tooLong(form, text)
    const { body } = Object.keys(fields).length > 0 && long.length === 0 ? await check(fields) : { body: {} }
    const errors = [...long, ...(body.errors ?? []), ...missing(form, holders)]
    for (const holder of holders) showError(holder, errors.find(({ field }) => field === holder.dataset.field)?.message)
    summary(form, holders, errors)
    if (errors.length > 0) {
      busy = false
      return
    }
    sending()
    form.submit() // stays busy: a second tap does not send it again
  })
  window.addEventListener('pageshow', () => { busy = false })
}
