// A ticket's form and its page on a telephone: nothing that was written is lost, mistakes are told in place, "back" leads back.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { at, assertAccessible, focused, openBrowser, say, setUp, sizes, withPage } from './lib.mjs'

setUp()
const phone = { viewport: sizes.phone }

async function formInChat(page) {
  await page.goto(`${at.base}/chat`)
  await say(page, 'ho pagato due volte, 35,50 euro')
  await page.locator('.sp-ticket').waitFor()
}
const field = (page, key) => page.locator(`.sp-ticket [data-field="${key}"] :is(input, select, textarea)`)
const kept = (page) => page.evaluate(() => [JSON.stringify({ ...sessionStorage }), JSON.stringify({ ...localStorage })])

test('what is being written in the chat is there after reloading, in this tab alone, and gone once it is sent', () => withPage(phone, async (page) => {
  await formInChat(page)
  assert.equal(await field(page, 'description').inputValue(), 'ho pagato due volte, 35,50 euro', 'what was said is filled in')
  assert.equal(await field(page, 'amount').inputValue(), '35,50')
  await field(page, 'email').fill('prova@example.com')
  await field(page, 'description').fill('Ho pagato due volte la TARI.')
  await field(page, 'amount').fill('')
  await page.reload()
  assert.equal(await field(page, 'email').inputValue(), 'prova@example.com')
  assert.equal(await field(page, 'description').inputValue(), 'Ho pagato due volte la TARI.')
  assert.equal(await field(page, 'amount').inputValue(), '', 'what was taken out stays out')
  const other = await page.context().newPage()
  await other.goto(page.url())
  assert.equal(await field(other, 'email').inputValue(), '')
  await other.close()
  assert.doesNotMatch((await kept(page))[1], /prova@/)
  await page.click('.sp-ticket .sp-send')
  await page.locator('a[href*="key="]').waitFor()
  assert.match(page.url(), /\/chat\//, 'sent without leaving the conversation')
  assert.doesNotMatch((await kept(page)).join(), /prova@|TARI/)
}))

test('who ends the conversation takes along what was written', () => withPage(phone, async (page) => {
  await formInChat(page)
  await field(page, 'email').fill('prova@example.com')
  assert.match((await kept(page))[0], /prova@/)
  const address = page.url()
  await page.click('[data-chat-restart]')
  await page.waitForURL(/\/chat$/)
  assert.doesNotMatch((await kept(page)).join(), /prova@/)
  await page.goto(address)
  assert.equal(await field(page, 'email').inputValue(), '')
}))

test('what was written long ago is not brought back with a tab that was closed', () => withPage(phone, async (page) => {
  await formInChat(page)
  await field(page, 'email').fill('prova@example.com')
  await page.addInitScript(() => { const now = Date.now; Date.now = () => now() + 2 * 60 * 60 * 1000 })
  await page.reload()
  assert.equal(await field(page, 'email').inputValue(), '')
  assert.doesNotMatch((await kept(page)).join(), /prova@/)
}))

test('what was written is dropped in time, asked for or not, and once a ticket is open', () => withPage(phone, async (page) => {
  await page.clock.install()
  await formInChat(page)
  await field(page, 'email').fill('prova@example.com')
  assert.match((await kept(page)).join(), /prova@/)
  await page.clock.fastForward('00:59:00')
  assert.match((await kept(page)).join(), /prova@/)
  await page.clock.fastForward('00:02:00')
  assert.doesNotMatch((await kept(page)).join(), /prova@/)
  // On another page than the form's, after the tab was brought back.
  await field(page, 'email').fill('altra@example.com')
  await page.evaluate(() => {
    const kept = JSON.parse(sessionStorage.getItem('sportello-ticket-draft'))
    sessionStorage.setItem('sportello-ticket-draft', JSON.stringify({ ...kept, at: kept.at - 3600000 }))
  })
  await page.goto(`${at.base}/a/ricevuta`)
  assert.doesNotMatch((await kept(page)).join(), /altra@/)
}))

test('what was written in the chat is not kept once a ticket was opened elsewhere', () => withPage(phone, async (page) => {
  await formInChat(page)
  await field(page, 'email').fill('prova@example.com')
  const conversation = new URL(page.url()).pathname.split('/').pop()
  await page.goto(`${at.base}/ticket?category=pagamenti&conversation=${conversation}`)
  assert.match((await kept(page)).join(), /prova@/)
  await page.click('form[data-checked] button')
  await page.waitForURL(/\/ticket\/\d+\?key=/)
  await page.waitForFunction(() => !JSON.stringify(Object.values(sessionStorage)).includes('prova@'))
}))

test('there is one form at a time, and a later one has what was written in the earlier one', () => withPage(phone, async (page) => {
  await formInChat(page)
  await field(page, 'email').fill('prova@example.com')
  await page.click('.sp-person')
  await page.waitForFunction(() => document.querySelector('.sp-bot:last-child .sp-ticket'))
  assert.equal(await page.locator('.sp-ticket').count(), 1)
  assert.equal(await field(page, 'email').inputValue(), 'prova@example.com')
}))

test('the form that the page had from the service tells mistakes in place too', () => withPage(phone, async (page) => {
  await formInChat(page)
  await page.reload()
  await field(page, 'email').fill('sbagliato')
  await page.click('.sp-ticket .sp-send')
  await page.waitForFunction(() => document.querySelector('.sp-ticket [role="alert"]').textContent)
  assert.equal(await field(page, 'email').getAttribute('aria-invalid'), 'true')
  assert.match((await focused(page)).name, /chat-ticket-f-email/)
}))

test('on the page mistakes are told in place, each with the way to it, and "back" leads to the form', () => withPage(phone, async (page) => {
  await page.goto(`${at.base}/ticket`)
  await page.goto(`${at.base}/ticket?category=pagamenti`)
  await page.fill('#f-email', 'sbagliato')
  await page.fill('#f-amount', '-5')
  await page.click('form[data-checked] button')
  const summary = page.locator('.error-summary')
  await summary.waitFor()
  assert.match((await focused(page)).text, /^Controlla questi dati/)
  assert.match(await summary.textContent(), /E-mail: .*Importo: .*maggiore di zero.*Che cosa è successo: Scrivi che cosa è successo/s)
  assert.match(page.url(), /\/ticket\?category=pagamenti$/)
  await assertAccessible(page, 'mistakes')
  await summary.getByRole('link', { name: 'Importo' }).click()
  assert.equal((await focused(page)).name, 'input#f-amount')
  await page.fill('#f-email', 'prova@example.com')
  await page.fill('#f-amount', '5')
  await page.fill('#f-description', 'Ho pagato due volte.')
  await page.click('form[data-checked] button')
  await page.waitForURL(/\/ticket\/\d+\?key=/)
  await page.goBack()
  assert.match(page.url(), /\/ticket\?category=pagamenti/)
  assert.equal(await page.locator('form[data-checked]').count(), 1)
}))

test('"back" to a page of mistakes that the service had to send leads to the form as well', () => withPage(phone, async (page) => {
  await page.goto(`${at.base}/ticket?category=pagamenti`)
  await page.fill('#f-email', 'sbagliato')
  await page.fill('#f-description', 'Ho pagato due volte.')
  await page.route('**/v1/tickets?check=1', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"status":503}' }))
  await page.click('form[data-checked] button')
  await page.locator('.error-summary').waitFor()
  await page.unroute('**/v1/tickets?check=1')
  await page.fill('#f-email', 'prova@example.com')
  await page.click('form[data-checked] button')
  await page.waitForURL(/\/ticket\/\d+\?key=/)
  const back = await page.goBack()
  assert.equal(back.request().method(), 'GET')
  assert.equal(back.status(), 200)
  assert.equal(await page.locator('form[data-checked]').count(), 1)
}))

test('an answer without a word is told at its field; solved, only opening it again is offered', () => withPage(phone, async (page) => {
  const form = { category: 'accesso', lang: 'it', 'f-description': 'Non entro.' }
  const { location } = (await page.request.post(`${at.base}/ticket`, { form, maxRedirects: 0 })).headers()
  await page.goto(at.base + location)
  await page.click('form[data-answer] button >> nth=0')
  assert.equal(await page.locator('#answer-error').textContent(), 'Scrivi prima il tuo messaggio.')
  assert.equal((await focused(page)).name, 'textarea#answer')
  await page.click('form[data-answer] button >> nth=1')
  await page.locator('.talk-told').waitFor()
  assert.deepEqual((await page.locator('form[data-answer] button').allTextContents()), ['Non è risolta: riapri'])
  await page.click('form[data-answer] button')
  await page.waitForURL(/done=sent/)
  assert.equal(await page.locator('form[data-answer] button').count(), 2)
}))

const table = `<table><thead><tr><th>Identificativo</th><th>Rendicontazione</th><th>Responsabilità</th><th>Documentazione</th></tr></thead>
<tbody><tr><td>PAA_PAGAMENTO_DUPLICATO</td><td>Amministrazione creditrice competente</td><td>Contemporaneamente</td><td>Precedentemente</td></tr></tbody></table>`

async function assertWordsWhole(page, place) {
  const { broken, scrolls } = await page.evaluate(([place, table]) => {
    const box = document.querySelector(place)
    box.innerHTML = table
    const broken = []
    for (const cell of box.querySelectorAll('th, td'))
      for (const { 0: word, index } of cell.textContent.matchAll(/[^\s_]+/g)) {
        const range = document.createRange()
        range.setStart(cell.firstChild, index)
        range.setEnd(cell.firstChild, index + word.length)
        if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) broken.push(word)
      }
    const inner = box.querySelector('table')
    return { broken, scrolls: inner.scrollWidth > inner.clientWidth }
  }, [place, table])
  assert.deepEqual(broken, [])
  assert.ok(scrolls, 'what is too wide is scrolled')
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'the page is not wider')
}

test('a table keeps its words whole and is scrolled sideways, in an article and in the chat', () => withPage(phone, async (page) => {
  await page.goto(`${at.base}/a/pagato-due-volte`)
  await assertWordsWhole(page, '.article-body')
  await page.goto(`${at.base}/chat`)
  await say(page, 'ho pagato due volte')
  await assertWordsWhole(page, '.sp-bot:last-child .sp-text')
}))

test('what is tapped is large enough for a finger, on every page of the way', () => withPage({ ...phone, hasTouch: true }, async (page) => {
  const form = { category: 'accesso', lang: 'it', 'f-description': 'Non entro.' }
  const { location } = (await page.request.post(`${at.base}/ticket`, { form, maxRedirects: 0 })).headers()
  const small = async () => page.evaluate(() => [...document.querySelectorAll('button, .btn, .slim-languages a, .topic a, .sp-restart, .it-footer a, input:not([type=hidden]), select, textarea')]
    .filter((element) => { const { width, height } = element.getBoundingClientRect(); return width > 0 && height < 44 }).map(({ outerHTML }) => outerHTML.slice(0, 80)))
  for (const path of ['/ticket', '/ticket?category=pagamenti', location]) {
    await page.goto(at.base + path)
    assert.deepEqual(await small(), [], path)
  }
  await formInChat(page)
  assert.deepEqual(await small(), [], 'chat')
}))
