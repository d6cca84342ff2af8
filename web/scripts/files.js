// Files of a request: sent one after the other without leaving the page's words, several at once where scripts run.
import { newKey } from './api.js'
import { showError } from './checked.js'

const encoded = (name) => encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)

// Gives nothing when the file is there; else what is wrong, and whether it may go the same way again.
async function send(form, file, key) {
  if (file.size > Number(form.dataset.bytes)) return { message: form.dataset.heavy }
  try {
    const response = await fetch(form.dataset.files, {
      method: 'POST', credentials: 'same-origin', body: file,
      headers: {
        'Content-Type': file.type || 'application/octet-stream', 'Content-Disposition': `attachment; filename*=UTF-8''${encoded(file.name)}`,
        'X-Ticket-Secret': form.dataset.secret, 'Idempotency-Key': key, 'Accept-Language': document.documentElement.lang,
      },
    })
    if (response.ok) return null
    const problem = await response.json().catch(() => ({}))
    return { message: problem.message ?? form.dataset.offline, again: !problem.message }
  } catch {
    return { message: form.dataset.offline, again: true }
  }
}

// What is there by now, when only some of several came through.
async function listAnew(section) {
  try {
    const response = await fetch(location.href, { credentials: 'same-origin' })
    const list = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('#files > ul')
    const shown = section.querySelector(':scope > ul')
    if (list && shown) shown.replaceWith(list)
    else if (list) section.querySelector('h2').after(list)
  } catch { /* the page shows it when it is loaded again */ }
}

export function fileForm(form) {
  const status = form.querySelector('[data-files-status]')
  const input = form.querySelector('input[type=file]')
  const keys = new Map() // a file whose reply was lost is the same file when it is sent again
  const keyOf = ({ name, size, lastModified }) => {
    const file = JSON.stringify([name, size, lastModified])
    if (!keys.has(file)) keys.set(file, newKey())
    return keys.get(file)
  }
  input.multiple = true
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (form.dataset.busy || input.files.length === 0) return
    form.dataset.busy = 'yes'
    const files = [...input.files], wrong = [], left = new DataTransfer()
    for (const file of files) {
      status.textContent = `${form.dataset.sending} ${file.name}`
      const failed = await send(form, file, keyOf(file))
      if (failed) wrong.push(`${file.name}: ${failed.message}`)
      if (failed?.again) left.items.add(file)
    }
    if (wrong.length === 0) return location.reload()
    if (wrong.length < files.length) await listAnew(form.closest('section'))
    delete form.dataset.busy
    delete form.dataset.sent
    status.textContent = ''
    showError(input.closest('.sp-field'), wrong.join(' '))
    input.files = left.files // those that only the connection kept back
    input.focus()
  })
}
