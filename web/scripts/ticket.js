// The form that a decision `ticket` asks for, inside the conversation.
import { checkAsTyped, showError, tooLong, uncut } from './checked.js'
import { fill, h } from './dom.js'

const inputs = { // type of field → attributes of its input
  email: { type: 'email', autocomplete: 'email' },
  phone: { type: 'tel', autocomplete: 'tel' },
  date: { type: 'date' },
  amount: { type: 'text', inputmode: 'decimal' },
  'notice-number': { type: 'text', inputmode: 'numeric' },
}
const writtenMax = 256 // with all the spaces that people write in a number: a field's own limit is for its value without them
const isStory = ({ type, max }) => type === 'text' && (!max || max > 200)
let forms = 0 // so that ids differ between forms of one page

function control(field, id, text, value) {
  const described = field.why || field.keep_days ? `${id}-hint` : null
  const common = { id, name: field.key, 'aria-describedby': described }
  if (field.type === 'choice')
    return h('select', common, h('option', { value: '' }, text('chat.ticket.choose')), (field.options ?? []).map((option) => h('option', null, option)))
  // What is longer is cut without a word where it is pasted.
  const maxlength = field.type === 'text' ? field.max || null : writtenMax
  if (isStory(field)) return h('textarea', { ...common, maxlength, rows: 4 }, value)
  return h('input', { type: 'text', ...inputs[field.type], ...common, maxlength, max: field.latest, value })
}

function row(field, prefix, text, said) {
  const id = `${prefix}-${field.key}`
  const hint = [field.why, field.keep_days ? fill(text('chat.ticket.keep'), { days: field.keep_days }) : ''].filter(Boolean).join(' ')
  return h('div', { class: 'sp-field', 'data-field': field.key },
    // The conversation tells what it is about: nothing here is needed.
    h('label', { for: id }, field.label, ' ', h('span', { class: 'sp-optional' }, text('chat.ticket.optional'))),
    control(field, id, text, said[field.type] ?? field.value ?? null), hint && h('p', { class: 'sp-hint', id: `${id}-hint` }, hint))
}

// The markup, as pages/ticket-fields.html has it. reply: the service's; said: personal data that were told here, by type of field.
export function ticketForm({ fields: asked = [], ticket = {}, category }, text, said = {}) {
  // What happened is asked for once; where it is known what it is about, the category's fields are enough.
  const isEnough = asked.length > 0 && (category || asked.some(isStory))
  const fields = isEnough ? asked : [...asked, { key: 'message', label: text('chat.ticket.message'), type: 'text', max: 2000, value: ticket.said }]
  const prefix = `sp-t${++forms}`
  const hint = (key) => h('p', { class: 'sp-hint' }, text(key))
  return h('form', { class: 'sp-ticket', 'aria-label': text('chat.ticket.title'), novalidate: true },
    hint('chat.ticket.seen'), fields.some(({ value }) => value) && hint('chat.ticket.filled'),
    ticket.left_out && Object.keys(said).length === 0 && hint('chat.ticket.left-out'),
    fields.map((field) => row(field, prefix, text, said)),
    h('p', { class: 'sp-error', role: 'alert' }), h('button', { class: 'sp-send', type: 'submit' }, text('chat.ticket.send')))
}

const defaultOf = (control) => control.defaultValue ?? [...control.options].find(({ defaultSelected }) => defaultSelected)?.value ?? ''

// What a person wrote in a form, not what it was filled in with; by field.
export function writtenIn(form) {
  const controls = [...form.querySelectorAll('[data-field]')].map((holder) => [holder.dataset.field, holder.querySelector('input, select, textarea')])
  return Object.fromEntries(controls.filter(([, control]) => control.value !== defaultOf(control)).map(([key, { value }]) => [key, value]))
}

// What it does, whoever made its markup. send(values) gives {done} or {errors: [{field, message}]} or {message}; check(fields) the service's
// reply; draft keeps what is being written: {get, set, drop}, or nothing does; before: what was written in a form that this one takes the place of.
export function work(form, text, { send, check, draft, before }) {
  const holders = [...form.querySelectorAll('[data-field]')]
  const controlOf = (holder) => holder.querySelector('input, select, textarea')
  const written = () => Object.fromEntries(holders.map((holder) => [holder.dataset.field, controlOf(holder).value]))
  const status = form.querySelector('[role="alert"]')
  const button = form.querySelector('[type="submit"]')
  let sending = false

  function report(errors) {
    for (const holder of holders) showError(holder, errors.find(({ field }) => field === holder.dataset.field)?.message)
    status.textContent = errors.length > 0 ? fill(text('chat.ticket.errors'), { count: errors.length }) : ''
    form.querySelector('[aria-invalid]')?.focus()
  }
  const kept = { ...before, ...draft?.get() }
  for (const holder of holders) controlOf(holder).value = kept[holder.dataset.field] ?? controlOf(holder).value
  form.addEventListener('input', () => draft?.set(written()))
  uncut(form)
  checkAsTyped(form, (input) => {
    const key = input.closest('[data-field]')?.dataset.field
    return key === 'message' || key === 'category' ? null : key
  }, check, text)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (sending) return
    const long = tooLong(form, text)
    report(long)
    if (long.length > 0) return
    sending = true
    button.setAttribute('aria-disabled', 'true')
    button.textContent = text('chat.ticket.sending')
    const result = await send(written())
    sending = false
    button.removeAttribute('aria-disabled')
    button.textContent = text('chat.ticket.send')
    if (result.done) {
      draft?.drop()
      form.remove()
    } else if (result.errors?.some(({ field }) => holders.some(({ dataset }) => dataset.field === field))) report(result.errors)
    else status.textContent = result.errors?.[0]?.message ?? result.message
  })
}
