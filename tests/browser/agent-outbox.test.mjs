// What another system did not take: found from the queue, told in plain words, sent again by a button; on a desk and on a phone, by mouse and by keyboard.
import { test, after } from 'node:test'
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addToken, assertAccessible, at, serve, setUp, signIn, sizes, tabTo, withPage } from './lib.mjs'

// A receiver that refuses what is opened, until it is mended.
const other = { status: 422, taken: 0 }
const receiver = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const opens = request.method === 'POST'
    if (opens && other.status < 300) other.taken++
    response.writeHead(opens ? other.status : 200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(opens && other.status < 300 ? { result: { sys_id: `id${other.taken}`, number: `INC${other.taken}`, state: '1' } } :
      opens ? { error: { message: 'Operation Failed', detail: 'Data Policy Exception: the following fields are mandatory: <u_area>' } } : { result: [] }))
  })
})
await new Promise((ready) => receiver.listen(0, '127.0.0.1', ready))
after(() => { receiver.closeAllConnections(); receiver.close() })
setUp((folder) => {
  writeFileSync(join(folder, 'parola'), 'giusta\n')
  writeFileSync(join(folder, 'connector.yaml'), `connector: servicenow\nurl: http://127.0.0.1:${receiver.address().port}\n` +
    'auth: {user: sportello, password: {file: parola}}\nretry: {first: 1s, most: 1s, settle: 1s, give_up: 1h}\n')
  return [...serve(folder), '--connector', join(folder, 'connector.yaml')]
})

const openTicket = async (message) => {
  const response = await fetch(`${at.base}/v1/tickets`, { method: 'POST', body: JSON.stringify({ category: 'accesso', message }), headers: { 'Content-Type': 'application/json' } })
  assert.equal(response.status, 201)
  return (await response.json()).number
}
const ready = async () => (await (await fetch(`${at.base}/readyz`)).json()).connector
const until = async (check, what) => {
  for (let i = 0; i < 600; i++) {
    if (await check()) return
    await new Promise((go) => setTimeout(go, 100))
  }
  assert.fail(what)
}
const giveUp = async (count) => {
  other.status = 422
  const { dead } = await ready()
  const numbers = []
  for (let i = 0; i < count; i++) numbers.push(await openTicket(`non entro, ${i}`))
  await until(async () => (await ready()).dead === dead + count, 'it is given up')
  return numbers
}
const admin = (options, work) => withPage(options, async (page) => {
  await signIn(page, addToken('agent-l1', 'admin', 'capo'))
  await work(page)
})

test('nothing is there: said so, and the queue says it too', () => admin({}, async (page) => {
  for (const lang of ['it', 'en', 'de']) {
    await page.goto(`${at.base}/agent/tickets?lang=${lang}`)
    await page.locator('.agt-unsent a').click()
    await assertAccessible(page, `empty, ${lang}`, lang)
    assert.equal(await page.locator('[data-entry]').count(), 0)
    assert.equal(await page.locator('main form').count(), 0)
    assert.ok((await page.locator('main .ag-box').textContent()).length > 20)
  }
}))

for (const size of ['desktop', 'phone'])
  test(`found from the queue, and sent again, ${size}`, () => admin({ viewport: sizes[size] }, async (page) => {
    const numbers = await giveUp(3)
    await page.goto(`${at.base}/agent/tickets`)
    await assertAccessible(page, `queue with deliveries given up, ${size}`)
    await page.getByRole('link', { name: '3 invii abbandonati' }).click()
    await page.waitForURL('**/agent/outbox')
    for (const lang of ['en', 'de', 'it']) {
      await page.goto(`${at.base}/agent/outbox?lang=${lang}`)
      for (const part of await page.locator('details').all()) await part.evaluate((element) => { element.open = true })
      await assertAccessible(page, `list, ${size}`, lang)
    }
    const first = page.locator('[data-entry]').first()
    assert.match(await first.textContent(), /non accetta uno dei valori/)
    assert.match(await first.locator('code').textContent(), /Data Policy Exception.*<u_area>/)
    assert.equal(await first.locator('a').getAttribute('href'), `/agent/tickets/${numbers[0]}?lang=it`)
    // Still refused: it comes back, with one more reason to look.
    await first.getByRole('button', { name: 'Rimanda' }).click()
    await page.locator('[role=status]').waitFor()
    await until(async () => (await ready()).dead === 3, 'it comes back')
    other.status = 201
    const before = other.taken
    await page.goto(`${at.base}/agent/outbox?lang=it`)
    await page.locator('[data-entry]').first().getByRole('button', { name: 'Rimanda' }).click()
    await until(async () => (await ready()).dead === 2 && other.taken === before + 1, 'one is sent')
    await page.goto(`${at.base}/agent/outbox?lang=it`)
    assert.equal(await page.locator('[data-entry]').count(), 2)
    // All by keyboard, and said.
    await tabTo(page, 'Rimanda tutti')
    await page.keyboard.press('Enter')
    await page.locator('[role=status]').waitFor()
    await assertAccessible(page, `sent again, ${size}`)
    await until(async () => (await ready()).dead === 0 && other.taken === before + 3, 'all are sent')
    await page.goto(`${at.base}/agent/outbox?lang=it`)
    assert.equal(await page.locator('[data-entry]').count(), 0)
  }))

test('it works without scripts, and its policy lets nothing inline through', () => admin({ javaScriptEnabled: false }, async (page) => {
  await giveUp(1)
  const response = await page.goto(`${at.base}/agent/outbox`)
  assert.doesNotMatch(response.headers()['content-security-policy'], /unsafe-inline/)
  assert.doesNotMatch(await response.text(), / style=| on\w+=|<style|<script(?! src)/)
  other.status = 201
  await page.getByRole('button', { name: 'Rimanda' }).click()
  await page.locator('[role=status]').waitFor()
  await until(async () => (await ready()).dead === 0, 'it is sent')
}))

test('an agent finds nothing of it', () => withPage({}, async (page) => {
  await signIn(page)
  await page.goto(`${at.base}/agent/tickets`)
  assert.equal(await page.locator('.agt-unsent').count(), 0)
  assert.equal((await page.goto(`${at.base}/agent/outbox`)).status(), 403)
}))
