// A connection that comes and goes, and what is done while a reply is awaited: nothing that people write is lost, nor said twice, and they are told
// in their own language.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { addToken, assertAccessible, at, say, setUp, signIn, sizes, withPage } from './lib.mjs'

setUp()

const phone = { viewport: sizes.phone, losesNetwork: true }
const log = (page) => page.locator('[data-chat-log]')
const compose = '[data-chat-compose] textarea'
const retry = (page) => page.locator('.sp-choice', { hasText: 'Riprova' })
const question = 'non ricevo le notifiche sul telefono'

// The service gets it, its reply does not arrive.
async function loseReply(page, path, work) {
  await page.route(path, async (route) => {
    await route.fetch()
    await route.abort('connectionreset')
  }, { times: 1 })
  await work()
}

async function tap(page, label) {
  const before = await page.locator('.sp-bot').count()
  await page.locator('.sp-bot:last-child button', { hasText: label }).click()
  await page.waitForFunction((count) => document.querySelectorAll('.sp-bot:not(:has(.sp-wait))').length > count, before)
}

test('a reply that was lost: tried again, it is said once', () => withPage(phone, async (page) => {
  await page.goto(`${at.base}/chat`)
  await say(page, question)
  await tap(page, 'Erano già accese')
  assert.equal(await page.locator('.sp-step').last().textContent(), 'Passo 2 di 4')
  await loseReply(page, '**/v1/chat', () => tap(page, 'Indietro'))
  await page.getByText('Non riesco a collegarmi').waitFor()
  await assertAccessible(page, 'the connection is lost')
  await retry(page).click()
  await page.waitForFunction(() => document.querySelectorAll('.sp-step').length === 3)
  assert.equal(await page.locator('.sp-step').last().textContent(), 'Passo 1 di 4', 'one step back, not two')
  await page.reload()
  assert.deepEqual(await page.locator('.sp-you p').allTextContents(), [question, 'Erano già accese', 'Indietro'])
}))

test('what is written, and a person who is asked for, while one message is lost and another is on its way: nothing is dropped', () => withPage(phone, async (page) => {
  await page.goto(`${at.base}/chat`)
  await page.route('**/v1/chat', (route) => route.abort('connectionreset'), { times: 1 })
  await say(page, 'quanto costa pagare')
  let go
  const held = new Promise((done) => { go = done })
  await page.route('**/v1/chat', async (route) => {
    await held
    await route.continue()
  })
  await page.fill(compose, question)
  await page.keyboard.press('Enter')
  await retry(page).click()
  await page.locator('.sp-person').click()
  go()
  await page.locator('.sp-ticket').waitFor()
  assert.deepEqual(await page.locator('.sp-you p').allTextContents(), [question, 'quanto costa pagare', 'Vorrei parlare con una persona'])
}))

test('"it is solved" is not thanked for before the service knows it', () => withPage(phone, async (page) => {
  await page.goto(`${at.base}/chat`)
  await say(page, 'quanto costa pagare')
  await page.route('**/feedback', (route) => route.abort('connectionreset'), { times: 1 })
  await page.locator('.sp-solved button').first().click()
  await page.getByText('Non riesco a collegarmi').waitFor()
  assert.doesNotMatch(await log(page).textContent(), /Ottimo/)
  const sent = page.waitForResponse('**/feedback')
  await retry(page).click()
  assert.deepEqual((await sent).request().postDataJSON(), { solved: true })
  await page.getByText('Ottimo').waitFor()
}))

test('a refusal is told in the language of the page', () => withPage(phone, async (page) => {
  const busy = { status: 429, contentType: 'application/problem+json', body: JSON.stringify({ status: 429, detail: 'too many requests; come again in 1 s' }) }
  await page.goto(`${at.base}/chat`)
  await page.route('**/v1/chat', (route) => route.fulfill(busy), { times: 1 })
  await say(page, 'quanto costa pagare')
  assert.match(await log(page).textContent(), /troppe richieste\. Aspetta un minuto/)
  assert.doesNotMatch(await log(page).textContent(), /too many/)
  await retry(page).click()
  await page.locator('.sp-solved').waitFor()
}))

test('a long text that is pasted is not cut: it stays, and its length is told', () => withPage(phone, async (page) => {
  const long = `${'Ho un problema con il pagamento. '.repeat(80)}FINE`
  await page.goto(`${at.base}/chat`)
  await page.focus(compose)
  await page.keyboard.insertText(long)
  await page.keyboard.press('Enter')
  await page.getByText('al massimo 2000 caratteri').waitFor()
  await page.keyboard.press('Enter')
  assert.equal(await page.getByText('al massimo 2000 caratteri').count(), 1)
  assert.equal(await page.inputValue(compose), long)
  await page.fill(compose, 'vorrei parlare con una persona')
  await page.keyboard.press('Enter')
  const story = page.locator('.sp-ticket textarea').first()
  await story.focus()
  await page.keyboard.insertText(long)
  await page.locator('.sp-ticket [type="submit"]').click()
  await page.locator('.sp-field .sp-error', { hasText: 'al massimo' }).waitFor()
  assert.equal(await story.inputValue(), long)
  await assertAccessible(page, 'a text that is too long')
  await story.fill('Ho un problema con il pagamento.')
  await page.locator('.sp-ticket [type="submit"]').click()
  await page.getByText('Richiesta ricevuta').waitFor()
}))

test('on the page of a request a long text stays as well', () => withPage(phone, async (page) => {
  const long = 'Non entro. '.repeat(400)
  await page.goto(`${at.base}/ticket?category=accesso`)
  const story = page.locator('form[data-checked] textarea').first()
  await story.focus()
  await page.keyboard.insertText(long)
  await page.locator('form[data-checked] [type="submit"]').click()
  await page.locator('.error-summary', { hasText: 'troppo lungo' }).waitFor()
  assert.equal(await story.inputValue(), long)
  await assertAccessible(page, 'a request that is too long')
  await story.fill('Non entro.')
  await story.blur()
  await page.locator('.sp-error').waitFor({ state: 'detached' })
  await page.locator('form[data-checked] [type="submit"]').click()
  await page.waitForURL(/\/ticket\/\d+/)
}))

const form = (page, key) => page.locator(`.sp-ticket [data-field="${key}"] :is(input, select, textarea)`)
const ways = (page) => page.locator('[data-chat-log] a[href*="/ticket/"]')
const send = (page) => page.locator('.sp-ticket [type="submit"]').click()
async function loseTicket(page) {
  await loseReply(page, '**/v1/tickets', () => send(page))
  await page.locator('.sp-ticket .sp-error', { hasText: 'Non riesco a collegarmi' }).waitFor()
}
async function ticketForm(page) {
  await page.goto(`${at.base}/chat`)
  await say(page, 'vorrei parlare con una persona')
  await page.locator('.sp-ticket').waitFor()
  await form(page, 'message').fill('Il pagamento non riesce.')
}

test('a ticket whose reply was lost: loaded again, its number is there with the way to it', () => withPage(phone, async (page) => {
  await ticketForm(page)
  await loseTicket(page)
  await page.reload()
  await ways(page).waitFor()
  assert.equal(await page.locator('.sp-ticket').count(), 0)
  await assertAccessible(page, 'a ticket whose reply was lost')
  const number = (await log(page).textContent()).match(/numero è (\d+)/)[1]
  assert.doesNotMatch(await page.evaluate(() => JSON.stringify({ ...sessionStorage })), /non riesce/, 'what was written is not kept any longer')
  await ways(page).click()
  await page.locator('.done-number', { hasText: number }).waitFor()
  await page.goBack()
  await ways(page).waitFor()
}))

test('a ticket whose reply was lost: sent again with other words, before or after loading it again, it is one ticket', () => withPage(phone, async (page) => {
  const token = addToken()
  const count = async () => (await (await page.request.get(`${at.base}/v1/tickets`, { headers: { Authorization: `Bearer ${token}` } })).json()).tickets.length
  const before = await count()
  await ticketForm(page)
  await loseTicket(page)
  await form(page, 'message').fill('Il pagamento non riesce, con nessuna carta.')
  await send(page)
  await ways(page).waitFor()
  assert.equal(await count(), before + 1)
  await ways(page).click()
  await page.locator('.done-number').waitFor()
  // Another form of the conversation, while it is not known whether the first one arrived.
  await ticketForm(page)
  await loseTicket(page)
  await say(page, 'vorrei parlare con una persona')
  if (await page.locator('.sp-ticket').count() > 0) {
    await form(page, 'message').fill('Vorrei parlare con qualcuno.')
    await send(page)
  }
  await ways(page).first().waitFor()
  assert.equal(await count(), before + 2)
}))

test('a ticket that did not go out is the same when it is sent after loading the page again', () => withPage(phone, async (page) => {
  await ticketForm(page)
  const keys = []
  page.on('request', (request) => { if (/\/v1\/tickets$/.test(request.url())) keys.push(request.headers()['idempotency-key']) })
  await page.route('**/v1/tickets', (route) => route.abort('connectionreset'), { times: 1 })
  await send(page)
  await page.locator('.sp-ticket .sp-error', { hasText: 'Non riesco a collegarmi' }).waitFor()
  await page.reload()
  assert.equal(await form(page, 'message').inputValue(), 'Il pagamento non riesce.')
  await send(page)
  await ways(page).waitFor()
  assert.equal(keys.length, 2)
  assert.equal(keys[0], keys[1])
}))

test('a message that is half written, and one that did not go out, are there after loading the page again; not for who comes next', () => withPage(phone, async (page) => {
  const kept = () => page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))
  await page.goto(`${at.base}/chat`)
  await page.fill(compose, 'Ho pagato due vo')
  await page.reload()
  assert.equal(await page.inputValue(compose), 'Ho pagato due vo')
  await say(page, 'quanto costa pagare')
  assert.doesNotMatch(await kept(), /quanto costa|due vo/, 'what was sent is not kept')
  await page.fill(compose, 'E con la carta')
  await page.reload()
  assert.equal(await page.inputValue(compose), 'E con la carta')
  await page.goto(`${at.base}/a/costo-pagamento`)
  await page.locator('[data-chat-open]').last().click()
  assert.equal(await page.inputValue(`dialog ${compose}`), 'E con la carta', 'in the panel of another page too')
  await page.goBack()
  // Lost before the service had it; and after, when it is told by the service.
  await page.route('**/v1/chat', (route) => route.abort('connectionreset'), { times: 1 })
  await say(page, 'con la carta straniera')
  await page.reload()
  assert.equal(await page.inputValue(compose), 'con la carta straniera')
  await loseReply(page, '**/v1/chat', () => say(page, 'con la carta straniera'))
  await page.reload()
  assert.equal(await page.locator('.sp-you p').last().textContent(), 'con la carta straniera')
  assert.equal(await page.inputValue(compose), '')
  await page.fill(compose, 'Il mio numero segreto')
  await page.click('[data-chat-restart]')
  await page.waitForURL(/\/chat$/)
  assert.equal(await page.inputValue(compose), '')
  assert.doesNotMatch(await kept(), /segreto/)
}))

test('what was half written long ago is gone', () => withPage(phone, async (page) => {
  await page.clock.install()
  await page.goto(`${at.base}/chat`)
  await page.fill(compose, 'Ho pagato due vo')
  await page.clock.fastForward('01:01:00')
  assert.doesNotMatch(await page.evaluate(() => JSON.stringify({ ...sessionStorage })), /due vo/)
}))

test('a file whose reply was lost is there once, and stays chosen', () => withPage(phone, async (page) => {
  const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
  const file = (name, buffer = pixel) => ({ name, mimeType: 'image/png', buffer })
  const { location } = (await page.request.post(`${at.base}/ticket`, { form: { category: 'accesso', lang: 'it', 'f-description': 'Non entro.' }, maxRedirects: 0 })).headers()
  await page.goto(at.base + location)
  await page.setInputFiles('#file', file('uno.png'))
  await loseReply(page, '**/attachments', () => page.click('.files form.sp-form button'))
  await page.locator('.files .sp-error', { hasText: 'interrotta' }).waitFor()
  await page.click('.files form.sp-form button')
  await page.locator('.files .sp-error').waitFor({ state: 'detached' })
  await page.locator('.files li').first().waitFor()
  assert.deepEqual(await page.locator('.files li a').allTextContents(), ['uno.png'])
  await page.setInputFiles('#file', [file('due.png'), file('tre.png', Buffer.from('no picture'))])
  await page.click('.files form.sp-form button')
  await page.locator('.files .sp-error', { hasText: 'tre.png' }).waitFor()
  assert.deepEqual(await page.locator('.files li a').allTextContents(), ['uno.png', 'due.png'], 'the one that came through is seen')
  await assertAccessible(page, 'one of two files')
}))

test('at 320 px nothing of the chat\'s head is cut off', () => withPage({ viewport: sizes['narrow phone'] }, async (page) => {
  const isWhole = (selector) => page.locator(selector).evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect()
    return [[left + 2, top + 2], [right - 2, bottom - 2]].every(([x, y]) => element.contains(document.elementFromPoint(x, y)))
  })
  await page.goto(`${at.base}/chat`)
  await say(page, question)
  assert.ok(await isWhole('[data-chat-restart]'), 'on the page')
  await page.goto(`${at.base}/a/costo-pagamento`)
  await page.locator('[data-chat-open]').last().click()
  await page.locator('dialog [data-chat-restart]').waitFor()
  for (const part of ['[data-chat-restart]', '[data-chat-close]']) assert.ok(await isWhole(`dialog ${part}`), part)
}))

test('agents: a lost connection is seen, and leaves what is on the screen', () => withPage({ losesNetwork: true }, async (page) => {
  await signIn(page, addToken())
  await page.fill('#q', 'codice')
  await page.locator('[data-hit]').first().waitFor()
  await page.context().setOffline(true)
  await page.locator('#q').pressSequentially(' non')
  const lost = page.locator('[data-live]')
  await page.waitForFunction(() => /non risponde/.test(document.querySelector('[data-live]').textContent))
  assert.ok((await lost.boundingBox()).height > 20, 'it is for eyes too')
  await assertAccessible(page, 'the search without network')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => /Manca la connessione/.test(document.querySelector('[data-live]').textContent))
  assert.ok(await page.locator('[data-hit]').first().isVisible())
  await page.context().setOffline(false)
  await page.waitForFunction(() => document.querySelector('[data-live]').className === 'visually-hidden', null, { timeout: 10000 })
}))

test('agents: a quick action that does not arrive, or comes after the session, is told in words', () => withPage({ losesNetwork: true }, async (page) => {
  const token = addToken()
  const opened = await page.request.post(`${at.base}/v1/tickets`, { data: { category: 'accesso', message: 'il codice non arriva', fields: { email: 'ada.l@example.com' } } })
  const path = `/agent/tickets/${(await opened.json()).number}`
  await signIn(page, token, path)
  await page.locator('[data-suggested]').first().waitFor()
  await page.context().setOffline(true)
  await page.locator('[data-quick="link"] button').first().click()
  await page.locator('.agt-wrong', { hasText: 'Manca la connessione' }).waitFor()
  await page.context().setOffline(false)
  await page.context().clearCookies() // the session is over
  await page.locator('[data-quick="link"] button').first().click()
  await page.waitForURL(/\/agent\/sign-in/)
}))

test('agents: the queue does not pretend to be fresh once the session is over', () => withPage({ losesNetwork: true }, async (page) => {
  await signIn(page, addToken(), '/agent/tickets')
  await page.context().clearCookies()
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await page.waitForURL(/\/agent\/sign-in\?next=/)
}))
