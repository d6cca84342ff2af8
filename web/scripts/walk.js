// A procedure one step at a time, as somebody walks through it in the chat. Where steps lead is the server's word, the same as the
// chat's (data-procedure); here they are only shown.
import { h } from './dom.js'

const keptWay = { of: '', way: [] } // the walk goes on when its text was saved anew

function stepsOf(body, told) {
  const steps = told.map((step) => ({ ...step, title: '', blocks: [] }))
  let at = steps[0]
  for (const block of body.children) {
    const begun = block.tagName === 'H2' && steps.find((step) => step.id === block.id)
    if (begun) {
      at = begun
      at.title = block.textContent
    }
    at?.blocks.push(block)
  }
  return steps
}

export function walk(root, texts) {
  const page = root.querySelector('[data-procedure]')
  const body = page?.querySelector('.article-body')
  const steps = body ? stepsOf(body, JSON.parse(page.dataset.procedure || '[]')) : []
  if (steps.length < 3) return
  const title = page.querySelector('h1').textContent
  const way = keptWay.of === title ? keptWay.way.filter((id) => steps.some((step) => step.id === id)) : []
  const bar = h('div', { class: 'ed-walk' })
  const text = (key) => texts[`editor.walk.${key}`]
  const titleOf = (id) => steps.find((step) => step.id === id)?.title ?? ''

  const button = (name, work) => h('button', { class: 'ed-button', type: 'button', 'data-step': name, onclick: work }, text(name))
  const focusStep = () => {
    const heading = document.getElementById(way.at(-1))
    heading?.setAttribute('tabindex', '-1')
    heading?.focus({ preventScroll: true })
  }

  function show(moved) {
    const now = way.at(-1)
    for (const step of steps)
      for (const block of step.blocks) block.hidden = now !== undefined && step.id !== now && !(step.id === '' && way.length === 1)
    const { choices, next } = steps.find((step) => step.id === now) ?? steps[0]
    bar.replaceChildren(...(now === undefined
      ? [button('start', () => { way.push(steps[steps[0].choices.length > 0 ? 0 : 1].id); show(true) })]
      : [h('ol', { 'aria-label': text('way') }, way.map((id) => h('li', null, titleOf(id)))),
        next && button('next', () => { way.push(next); show(true) }),
        way.length > 1 && button('back', () => { way.pop(); show(true) }),
        way.length > 1 && button('restart', () => { way.splice(1); show(true) }),
        button('end', () => { way.length = 0; show(); bar.querySelector('button').focus() }),
        choices.length === 0 && !next && h('p', null, text('over'))].filter(Boolean)))
    keptWay.of = title
    keptWay.way = way
    if (moved) focusStep()
  }

  body.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]')
    const id = link && decodeURIComponent(link.hash.slice(1))
    if (way.length === 0 || !steps.some((step) => step.id === id)) return
    event.preventDefault()
    way.push(id)
    show(true)
  })
  body.before(bar)
  show()
}
