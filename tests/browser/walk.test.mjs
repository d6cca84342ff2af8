// A procedure in the chat on a phone, by tapping: one step at a time, back, the end, after reloading, without scripts, in the widget.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { assertAccessible, at, foreignPage, say, setUp, sizes, withPage } from './lib.mjs'

setUp()

const question = 'non ricevo le notifiche sul telefono'
const last = '.sp-bot:last-child'
const shot = process.env.SHOTS // a folder, for who wants to look

async function tap(page, label) {
  const before = await page.locator('.sp-bot').count()
  await page.locator(`${last} button`, { hasText: label }).click()
  await page.waitForFunction((count) => document.querySelectorAll('.sp-bot:not(:has(.sp-wait))').length > count, before)
}

const step = (page) => page.locator(`${last} .sp-step`).textContent()
const look = (page, name) => shot && page.screenshot({ path: `${shot}/${name}.png` })

for (const size of ['narrow phone', 'phone', 'desktop'])
  test(`walked by tapping, ${size}`, () => withPage({ viewport: sizes[size], hasTouch: size !== 'desktop' }, async (page) => {
    await page.goto(`${at.base}/chat`)
    await say(page, question)
    assert.equal(await step(page), 'Passo 1 di 4')
    assert.match(await page.locator(`${last} .sp-code`).textContent(), /codice: [A-Z2-9]{3} [A-Z2-9]{3}$/)
    assert.equal(await page.locator(`${last} .sp-solved`).count(), 0, 'whether it solved it is asked at the end')
    assert.doesNotMatch(await page.locator(`${last} .sp-text`).textContent(), /riavvia/)
    await assertAccessible(page, 'first step')
    await look(page, `walk-first-${size.replace(' ', '-')}`)
    const box = await page.locator(`${last} .sp-choice`).first().boundingBox()
    assert.ok(box.height >= 40, 'large enough for a thumb')
    await tap(page, 'Erano già accese')
    assert.equal(await step(page), 'Passo 2 di 4')
    assert.ok(await page.locator(`${last} .sp-ways button`, { hasText: 'Indietro' }).isVisible())
    assert.match(await page.locator(`${last} .sp-meta a`).first().getAttribute('href'), /\/a\/notifiche-passi/)
    await look(page, `walk-second-${size.replace(' ', '-')}`)
    await tap(page, 'Indietro')
    assert.equal(await step(page), 'Passo 1 di 4')
    await tap(page, 'Erano già accese')
    await page.reload()
    assert.equal(await page.locator('.sp-step').last().textContent(), 'Passo 2 di 4')
    await assertAccessible(page, 'second step, shown again')
    await page.locator('.sp-choices button', { hasText: 'Ora arrivano' }).click()
    await page.locator(`${last} .sp-solved`).waitFor()
    assert.equal(await step(page), 'Passo 3 di 4')
    await assertAccessible(page, 'the end')
    await look(page, `walk-end-${size.replace(' ', '-')}`)
    await page.click(`${last} .sp-solved button >> nth=0`)
    await page.waitForFunction(() => /Ottimo!/.test(document.querySelector('.sp-log').textContent))
  }))

test('each step is announced with its place', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/chat`)
  await page.evaluate(() => {
    window.added = []
    new MutationObserver((changes) => { for (const change of changes) for (const node of change.addedNodes) window.added.push(node.textContent) })
      .observe(document.querySelector('[data-chat-log]'), { childList: true })
  })
  await say(page, question)
  await tap(page, 'Erano già accese')
  const steps = (await page.evaluate(() => window.added)).filter((text) => /^AssistentePasso/.test(text))
  assert.equal(steps.length, 2)
  assert.match(steps[1], /^AssistentePasso 2 di 4Passo 2: riavvia/)
}))

test('another question in between, and back to it', () => withPage({ viewport: sizes.phone }, async (page) => {
  await page.goto(`${at.base}/chat`)
  await say(page, question)
  await tap(page, 'Erano già accese')
  await say(page, 'ho pagato due volte')
  await look(page, 'walk-between')
  await tap(page, 'Torna a')
  assert.equal(await step(page), 'Passo 2 di 4')
  assert.match(await page.locator(`${last} .sp-text`).textContent(), /Eri al passo 2 di 4/)
  await tap(page, 'Non arrivano ancora')
  await page.click(`${last} .sp-solved button >> nth=1`)
  await page.locator(`${last} .sp-ticket`).waitFor()
  await look(page, 'walk-ticket')
}))

test('without scripts', () => withPage({ viewport: sizes.phone, javaScriptEnabled: false }, async (page) => {
  await page.goto(`${at.base}/chat`)
  await page.fill('textarea[name=message]', question)
  await page.click('.sp-send')
  for (const [label, place] of [['Erano già accese', 2], ['Indietro', 1], ['Erano spente', 3]]) {
    await page.locator('#last .sp-choices button', { hasText: label }).click()
    assert.equal(await page.locator('#last .sp-step').textContent(), `Passo ${place} di 4`)
  }
  assert.equal(await page.locator('#last .sp-solved').count(), 1)
}))

test('in the widget on another site', () => withPage({ viewport: sizes.phone }, (page) =>
  foreignPage(`<!doctype html><html lang="it"><title>Comune</title><script src="${at.base}/widget.js"></script>`, async (address) => {
    await page.goto(address)
    await page.locator('.sp-bubble').click()
    await page.locator('#sp-message').fill(question)
    await page.keyboard.press('Enter')
    await page.locator('.sp-step').waitFor()
    await page.locator('.sp-choice', { hasText: 'Erano già accese' }).click()
    await page.locator('.sp-step', { hasText: 'Passo 2 di 4' }).waitFor()
    await look(page, 'walk-widget')
    const link = page.locator('.sp-meta a', { hasText: 'Tutti i passi' }).last()
    assert.match(await link.getAttribute('href'), new RegExp(`^${at.base}/a/notifiche-passi`))
  })))
