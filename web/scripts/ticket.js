// The form that a decision `ticket` asks for, inside the conversation.
import { checkAsTyped, showError } from './checked.js'
import { fill, h } from './dom.js'

const inputs = { // type of field → attributes of its input
  email: { type: 'email', autocomplete: 'email' },
  phone: { type: 'tel', autocomplete: 'tel' },
  date: { type: 'date' },
  amount: { type: 'text', inputmode: 'decimal' },
  'notice-number': { type: 'text', inputmode: 'numeric' },
}
const writtenMax = 256 // with all the spaces that people write in a number: a field's own limit is for its value without them
let forms = 0 // so that ids differ between forms of one page

function control(field, id, text, said) {
  const described = field.why || field.keep_days ? `${id}-hint` : null
  const common = { id, name: field.key, 'aria-describedby': described }
  if (field.type === 'choice')
    return h('select', common, h('option', { value: '' }, text('chat.ticket.choose')), (field.options ?? []).map((option) => h('option', null, option)))
  // What is longer is cut without a word where it is pasted.
  const maxlength = field.type === 'text' ? field.max || null : writtenMax
  if (field.type === 'text' && (!field.max || field.max > 200)) return h('textarea', { ...common, maxlength, rows: 4 })
  return h('input', { type: 'text', ...inputs[field.type], ...common, maxlength, value: said[field.type] ?? null })
}

function row(field, prefix, text, said) {
  const id = `${prefix}-${field.key}`
  const hint = [field.why, field.keep_days ? fill(text('chat.ticket.keep'), { days: field.keep_days }) : ''].filter(Boolean).join(' ')
  return h('div', { class: 'sp-field', 'data-field': field.key },
    // The conversation tells what it is about: nothing here is needed.
    h('label', { for: id }, field.label, ' ', h('span', { class: 'sp-optional' }, text('chat.ticket.optional'))), control(field, id, text, said), hint && h('p', { class: 'sp-hint', id: `${id}-hint` }, hint))
}

// send(fields) gives {done} or {errors: [{field, message}]} or {message}; check(fields) the service's reply. said: what was told already, by type of field.
export function ticketForm(asked, text, send, check, said = {}) {
  const fields = asked.length > 0 ? asked : [{ key: 'message', label: text('chat.ticket.message'), type: 'text', max: 2000 }]
  const prefix = `sp-t${++forms}`
  const status = h('p', { class: 'sp-error', role: 'alert' })
  const button = h('button', { class: 'sp-send', type: 'submit' }, text('chat.ticket.send'))
  const form = h('form', { class: 'sp-ticket', 'aria-label': text('chat.ticket.title'), novalidate: true },
    h('p', { class: 'sp-hint' }, text('chat.ticket.seen')), fields.map((field) => row(field, prefix, text, said)), status, button)
  let sending = false

  function report(errors) {
    const holders = [...form.querySelectorAll('[data-field]')]
    for (const holder of holders) showError(holder, errors.find(({ field }) => field === holder.dataset.field)?.message)
    status.textContent = errors.length > 0 ? fill(text('chat.ticket.errors'), { count: errors.length }) : ''
    form.querySelector('[aria-invalid]')?.focus()
  }
  checkAsTyped(form, (input) => input.name !== 'message' && input.name, check)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (sending) return
    const values = Object.fromEntries(new FormData(form))
    report([])
    sending = true
    button.setAttribute('aria-disabled', 'true')
    button.textContent = text('chat.ticket.sending')
    const result = await send(values)
    sending = false
    button.removeAttribute('aria-disabled')
    button.textContent = text('chat.ticket.send')
    if (result.done) form.remove()
    else if (result.errors?.some(({ field }) => fields.some(({ key }) => key === field))) report(result.errors)
    else status.textContent = result.errors?.[0]?.message ?? result.message
  })
  return form
}
