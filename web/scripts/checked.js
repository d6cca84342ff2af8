// A field is checked when it is left, by the service itself: what is right is said in one place, and nothing is stored by asking.
import { fill, h } from './dom.js'

export function showError(holder, message) {
  const input = holder.querySelector('input, select, textarea')
  holder.querySelector('.sp-error')?.remove()
  const others = (input.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id !== `${input.id}-error`)
  const described = [message && `${input.id}-error`, ...others].filter(Boolean).join(' ')
  if (described) input.setAttribute('aria-describedby', described)
  else input.removeAttribute('aria-describedby')
  if (!message) return input.removeAttribute('aria-invalid')
  input.setAttribute('aria-invalid', 'true')
  input.after(h('p', { class: 'sp-error', id: `${input.id}-error` }, message))
}

// A long text that is pasted is not cut without a word: its length is told instead.
export function uncut(form) {
  for (const area of form.querySelectorAll('[data-field] textarea[maxlength]')) {
    area.dataset.max = area.maxLength
    area.removeAttribute('maxlength')
  }
}

const lengthError = ({ value, dataset: { max } }, text) => (max && [...value.trim()].length > max ? fill(text('chat.ticket.too-long'), { max }) : undefined)

export function tooLong(form, text) {
  return [...form.querySelectorAll('[data-field] textarea')]
    .map((area) => ({ field: area.closest('[data-field]').dataset.field, message: lengthError(area, text) })).filter(({ message }) => message)
}

const settleMs = 250 // an error that appears moves what stands below: not while somebody presses it

const settled = () => new Promise((done) => setTimeout(done, settleMs))

// keyOf(input) gives the field's key, or nothing; check({key: value}) the service's reply.
export function checkAsTyped(form, keyOf, check, text) {
  const asked = new WeakMap()
  // Written on meanwhile, or sent: what was asked is over.
  const show = (target, value, message) => { if (form.isConnected && target.value === value) showError(target.closest('.sp-field'), message) }
  form.addEventListener('focusout', async ({ target, relatedTarget }) => {
    const key = keyOf(target)
    const { value } = target
    if (relatedTarget?.type === 'submit') return
    const long = lengthError(target, text)
    // What has no key the service is not asked about.
    if (long || (!key && target.matches('textarea[aria-invalid]') && value.trim())) {
      asked.set(target, value)
      await settled()
      return show(target, value, long)
    }
    if (!key || value === (asked.get(target) ?? '')) return
    asked.set(target, value)
    const [{ body }] = await Promise.all([value.trim() ? check({ [key]: value }) : { body: {} }, settled()])
    show(target, value, body.errors?.find(({ field }) => field === key)?.message)
  })
}
