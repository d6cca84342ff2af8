// Files of a request: sent one after the other without leaving the page's words, several at once where scripts run.
import { newKey } from './api.js'
import { showError } from './checked.js'

const encoded = (name) => encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)

async function send(form, file) {
  if (file.size > Number(form.dataset.bytes)) return form.dataset.heavy
  try {
    const response = await fetch(form.dataset.files, {
      method: 'POST', credentials: 'same-origin', body: file,
      headers: {
        'Content-Type': file.type || 'application/octet-stream', 'Content-Disposition': `attachment; filename*=UTF-8''${encoded(file.name)}`,
        'X-Ticket-Secret': form.dataset.secret, 'Idempotency-Key': newKey(), 'Accept-Language': document.documentElement.lang,
      },
    })
    if (response.ok) return null
    const problem = await response.json().catch(() => ({}))
    return problem.message ?? form.dataset.offline
  } catch {
    return form.dataset.offline
  }
}

export function fileForm(form) {
  const status = form.querySelector('[data-files-status]')
  const input = form.querySelector('input[type=file]')
  input.multiple = true
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (form.dataset.busy || input.files.length === 0) return
    form.dataset.busy = 'yes'
    const wrong = []
    for (const file of [...input.files]) {
      status.textContent = `${form.dataset.sending} ${file.name}`
      const message = await send(form, file)
      if (message) wrong.push(`${file.name}: ${message}`)
    }
    delete form.dataset.busy
    delete form.dataset.sent
    if (wrong.length === 0) return location.reload()
    status.textContent = ''
    showError(input.closest('.sp-field'), wrong.join(' '))
    input.value = ''
    input.focus()
  })
}
