// A procedure as a list to tick off: which steps were tried, and how it went. It is kept for this tab (of a ticket: under its number), copied as a
// note, or added to the ticket's note, where its history keeps it.
import { fill } from './dom.js'

const keyOf = (article, ticket) => `agent-tried:${ticket ?? ''}:${article.dataset.id}:${article.dataset.of}`

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {}
  } catch {
    return {}
  }
}

async function addToTicket(ticket, note) {
  const address = `/v1/tickets/${encodeURIComponent(ticket)}`
  const old = await fetch(address, { headers: { Accept: 'application/json' } })
  if (!old.ok) return false
  const before = (await old.json()).note
  // Who else wrote in between is not overwritten.
  const changed = await fetch(address, {
    method: 'PATCH', headers: { 'Content-Type': 'application/json', ...(old.headers.get('ETag') && { 'If-Match': old.headers.get('ETag') }) },
    body: JSON.stringify({ note: before ? `${before}\n\n${note}` : note }),
  })
  return changed.ok
}

export function checklist(article, { texts, tell, copy, ticket }) {
  const steps = [...article.querySelectorAll('.ag-step')]
  const box = article.querySelector('[data-tried]')
  if (steps.length === 0) return
  const key = keyOf(article, ticket)
  const { name, id, version } = article.dataset
  let tried = read(key)

  function note() {
    const lines = steps.filter((step) => tried[step.dataset.step])
      .map((step) => `${step.dataset.number}. ${step.dataset.title}: ${texts[`agent.note.${tried[step.dataset.step]}`]}`)
    return [fill(texts['agent.note.title'], { name, id, version }), ...lines].join('\n')
  }
  function show() {
    const count = steps.filter((step) => tried[step.dataset.step]).length
    for (const step of steps) {
      const outcome = tried[step.dataset.step]
      step.dataset.outcome = outcome ?? ''
      for (const button of step.querySelectorAll('[data-outcome]')) button.setAttribute('aria-pressed', String(button.dataset.outcome === outcome))
    }
    box.hidden = count === 0
    box.querySelector('[data-tried-count]').textContent = fill(texts['agent.tried.count'], { count, of: steps.length })
  }
  function keep() {
    sessionStorage.setItem(key, JSON.stringify(tried))
    show()
  }

  for (const step of steps) {
    const group = step.querySelector('[data-try]')
    group.hidden = false
    group.addEventListener('click', (event) => {
      const outcome = event.target.closest('[data-outcome]')?.dataset.outcome
      if (!outcome) return
      if (tried[step.dataset.step] === outcome) delete tried[step.dataset.step]
      else tried[step.dataset.step] = outcome
      keep()
    })
    // Who goes on by a choice has tried the step.
    step.querySelector('.ag-choices')?.addEventListener('click', (event) => {
      if (!event.target.closest('[data-choice]') || tried[step.dataset.step]) return
      tried[step.dataset.step] = 'no'
      keep()
    })
  }
  box.querySelector('[data-tried-copy]').addEventListener('click', () => copy(note()))
  box.querySelector('[data-tried-clear]').addEventListener('click', () => {
    tried = {}
    keep()
    steps[0].focus()
  })
  const add = box.querySelector('[data-tried-ticket]')
  add.hidden = !ticket
  add.addEventListener('click', async () => {
    add.disabled = true
    const done = await addToTicket(ticket, note()).catch(() => false)
    add.disabled = false
    tell(done ? fill(texts['agent.live.noted'], { ticket }) : texts['agent.live.not-noted'])
  })
  show()
}
