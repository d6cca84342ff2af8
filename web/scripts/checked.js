// A field is checked when it is left, by the service itself: what is right is said in one place, and nothing is stored by asking.
import { h } from './dom.js'

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

const settleMs = 250 // an error that appears moves what stands below: not while somebody presses it

// keyOf(input) gives the field's key, or nothing; check({key: value}) the service's reply.
export function checkAsTyped(form, keyOf, check) {
  const asked = new WeakMap()
  form.addEventListener('focusout', async ({ target, relatedTarget }) => {
    const key = keyOf(target)
    const { value } = target
    if (!key || relatedTarget?.type === 'submit' || value === (asked.get(target) ?? '')) return
    asked.set(target, value)
    const [{ body }] = await Promise.all([value.trim() ? check({ [key]: value }) : { body: {} }, new Promise((done) => setTimeout(done, settleMs))])
    // Written on meanwhile, or sent: what was asked is over.
    if (form.isConnected && target.value === value) showError(target.closest('.sp-field'), body.errors?.find(({ field }) => field === key)?.message)
  })
}
