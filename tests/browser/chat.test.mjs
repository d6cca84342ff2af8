// The chat with scripts: keyboard alone, announced, focus kept, one ticket.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import path from 'node:path'
import { at, focused, openBrowser, say, setUp, sizes, tabTo, withPage } from './lib.mjs'

setUp()

test('by keyboard alone, from the home page to the number of a ticket', () => withPage({}, async (page) => {
  await page.goto(at.base)
  await page.keyboard.press('Tab')
  assert.equal((await focused(page)).text, 'Vai al contenuto')
  await tabTo(page, 'Chat')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/chat/)
  await tabTo(page, 'textarea#chat-message')
  await page.keyboard.type("ho dimenticato la password")
  await page.keyboard.press('Enter')
  await page.locator('.sp-solved').waitFor()
  assert.equal((await focused(page)).name, 'textarea#chat-message', 'the focus stays where one writes')
  await tabTo(page, 'Parla con una persona')
  await page.keyboard.press('Enter')
  await page.locator('.sp-ticket').waitFor()
  await tabTo(page, /^input#sp-t\d+-email$/, 'Shift+Tab')
  await page.keyboard.type('prova@example.com')
  await tabTo(page, /^textarea#sp-t\d+-description$/)
  await page.keyboard.type('Non arriva il codice.')
  await tabTo(page, 'Invia la richiesta')
  await page.keyboard.press('Enter')
  const done = page.locator('.sp-bot:last-child strong')
  await page.waitForFunction(() => /Richiesta ricevuta/.test(document.querySelector('.sp-log').textContent))
  assert.match(await done.textContent(), /^Richiesta ricevuta\. Il tuo numero è \d+\.$/)
  assert.match((await focused(page)).text, /Richiesta ricevuta/)
}))

test('replies are announced: added to a polite log, each once', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/chat`)
  const log = page.locator('[data-chat-log]')
  assert.equal(await log.getAttribute('role'), 'log')
  assert.equal(await log.getAttribute('aria-live'), 'polite')
  await page.evaluate(() => {
    window.added = []
    new MutationObserver((changes) => { for (const change of changes) for (const node of change.addedNodes) window.added.push(node.textContent) })
      .observe(document.querySelector('[data-chat-log]'), { childList: true })
  })
  await say(page, 'ciao')
  const added = await page.evaluate(() => window.added)
  assert.equal(added.filter((text) => /^Tu/.test(text)).length, 1)
  assert.equal(added.filter((text) => /^Assistente/.test(text) && !/Cerco/.test(text)).length, 1)
}))

test('choices, "no" and a person lead on; the conversation is there after reloading', () => withPage({ viewport: sizes.phone }, async (page) => {
  await page.goto(`${at.base}/chat`)
  assert.ok(await page.locator('.sp-person').isVisible(), 'a person is one tap away on the first screen')
  await say(page, 'non funziona')
  await page.locator('.sp-bot:last-child .sp-choice').first().click()
  await page.waitForFunction(() => document.querySelectorAll('.sp-you').length === 2 && document.querySelector('.sp-log').lastElementChild.matches('.sp-bot'))
  assert.match(page.url(), /\/chat\/[a-z0-9]{26}$/)
  await say(page, 'ho pagato due volte')
  await page.click('.sp-bot:last-child .sp-solved button >> nth=1')
  await page.locator('.sp-bot:last-child .sp-ticket').waitFor()
  assert.ok(await page.locator('.sp-person').isVisible())
  const before = await page.locator('.sp-you').count()
  await page.reload()
  assert.equal(await page.locator('.sp-you').count(), before)
  assert.equal(await page.locator('.sp-ticket').count(), 1)
}))

test('a ticket that was sent: reloaded and come back to, its number and its link are there, and no form', () => withPage({ viewport: sizes.phone }, async (page) => {
  await page.goto(`${at.base}/chat`)
  await openTicket(page)
  const number = (await page.locator('.sp-bot:last-child strong').textContent()).match(/\d+/)[0]
  const link = await secrets(page).getAttribute('href')
  await page.reload()
  assert.match(await page.locator('.sp-bot:last-child strong').textContent(), new RegExp(`Il tuo numero è ${number}\\.$`))
  assert.equal(await page.locator('.sp-ticket').count(), 0)
  await secrets(page).click()
  await page.waitForURL(new RegExp(`/ticket/${number}`))
  assert.equal(new URL(page.url()).searchParams.get('key'), new URL(link, at.base).searchParams.get('key'))
  await page.goBack()
  assert.equal(await secrets(page).count(), 1)
  assert.equal(await page.locator('.sp-ticket').count(), 0)
}))

test('what may be left out is said by the script\'s form as by the page\'s', () => withPage({ viewport: sizes.phone }, async (page) => {
  const labels = () => page.locator('.sp-ticket label').allInnerTexts()
  await page.goto(`${at.base}/chat`)
  await say(page, 'ho dimenticato la password')
  await page.click('.sp-person')
  await page.locator('.sp-ticket').waitFor()
  const scripted = await labels()
  assert.deepEqual(scripted, ['E-mail (facoltativo)', 'Gestore (facoltativo)', 'Che cosa è successo (facoltativo)'])
  await page.reload()
  assert.deepEqual(await labels(), scripted)
}))

test('"sì" to the offer of a ticket: its form with what was written in it; "no grazie": none', () => withPage({ viewport: sizes.phone }, async (page) => {
  await page.goto(`${at.base}/chat`)
  await say(page, 'ho pagato due volte')
  await page.click('.sp-person')
  await page.locator('.sp-ticket').waitFor()
  const labels = await page.locator('.sp-ticket label').allInnerTexts()
  await page.fill('.sp-ticket input[type="email"]', 'prova@example.com')
  await say(page, 'sì')
  assert.deepEqual(await page.locator('.sp-bot:last-child .sp-ticket label').allInnerTexts(), labels)
  assert.equal(await page.locator('.sp-ticket').count(), 1)
  assert.equal(await page.inputValue('.sp-ticket input[type="email"]'), 'prova@example.com')
  await say(page, 'no grazie')
  assert.match(await page.locator('.sp-bot:last-child').textContent(), /non apro nessuna richiesta/)
  assert.equal(await page.locator('.sp-ticket').count(), 0)
  await page.click('.sp-person')
  await page.locator('.sp-bot:last-child .sp-ticket .sp-send').click()
  await secrets(page).waitFor()
}))

test('numbers with the spaces that people write in them are taken whole', () => withPage({ viewport: sizes.phone }, async (page) => {
  await page.goto(`${at.base}/chat`)
  await say(page, 'ho pagato due volte')
  await page.click('.sp-person')
  await page.locator('.sp-ticket').waitFor()
  await page.locator('[name="notice"]').pressSequentially('3010 0000 0000 0001 44')
  await page.locator('[name="taxcode"]').pressSequentially('RSS MRA 80A01 H501 U')
  assert.equal(await page.inputValue('[name="notice"]'), '3010 0000 0000 0001 44')
  assert.equal(await page.inputValue('[name="taxcode"]'), 'RSS MRA 80A01 H501 U')
  await page.click('.sp-ticket .sp-send')
  await secrets(page).waitFor()
}))

test('yes: thanks', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/chat`)
  await say(page, 'ho pagato due volte')
  await page.click('.sp-solved button >> nth=0')
  await page.waitForFunction(() => /Ottimo!/.test(document.querySelector('.sp-log').textContent))
}))

test('what was said already is filled in', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/chat`)
  await say(page, 'la mia mail è prova@example.com. ho dimenticato la password')
  await say(page, 'vorrei parlare con una persona')
  assert.equal(await page.locator('.sp-ticket input[type="email"]').inputValue(), 'prova@example.com')
}))

test('a field is checked when it is left, in the chat and on the page, and nothing is sent', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/chat`)
  await say(page, 'ho dimenticato la password')
  await say(page, 'vorrei parlare con una persona')
  for (const form of ['.sp-ticket', 'form[action^="/ticket"]']) {
    if (form !== '.sp-ticket') await page.goto(`${at.base}/ticket?category=accesso`)
    const email = page.locator(`${form} input[type="email"]`)
    await email.fill('sbagliato')
    await email.blur()
    await page.locator(`${form} .sp-error`).getByText(/e-mail/).waitFor()
    assert.equal(await email.getAttribute('aria-invalid'), 'true')
    await email.fill('prova@example.com')
    await email.blur()
    await page.waitForFunction((form) => !document.querySelector(`${form} [aria-invalid]`), form)
  }
}))

test('what is told of oneself is found by type, in the spellings that people use', async () => {
  const { saidIn } = await import(path.resolve('web/scripts/said.js'))
  assert.deepEqual(saidIn('RSSMRA80A01H501U e IT60 X054 2811 1010 0000 0123 456'), { iban: 'IT60X0542811101000000123456', 'codice-fiscale': 'RSSMRA80A01H501U' })
  assert.deepEqual(saidIn("scrivete a prova@example.com. l'avviso è 3020 0123 4567 8901 36"), { email: 'prova@example.com', 'notice-number': '302001234567890136' })
  assert.deepEqual(saidIn('3020-0123-4567-8901-36, iuv RF18539007547034 e basta'), { 'notice-number': '302001234567890136', iuv: 'RF18539007547034' })
  assert.deepEqual(saidIn('01234567890123456'), { iuv: '01234567890123456' })
  assert.deepEqual(saidIn('ho 1234567890123456789 dubbi, il 3 novembre'), {})
})

test('fields that are wrong are named, and sending twice makes one ticket', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/chat`)
  await say(page, "ho dimenticato la password")
  await say(page, 'vorrei parlare con una persona')
  await page.fill('.sp-ticket input[type="email"]', 'sbagliato')
  await page.click('.sp-ticket .sp-send')
  const email = page.locator('.sp-ticket input[type="email"]')
  await page.waitForFunction(() => document.querySelector('.sp-ticket [role="alert"]').textContent) // sent, not only left
  assert.match((await focused(page)).name, /^input#sp-t\d+-email$/)
  const described = (await email.getAttribute('aria-describedby')).split(' ')
  assert.match(await page.locator(`#${described[0]}`).textContent(), /e-mail/)
  let sent = 0
  page.on('request', (request) => { sent += request.url().endsWith('/v1/tickets') ? 1 : 0 })
  await email.fill('prova@example.com')
  await page.locator('.sp-ticket .sp-send').dblclick()
  await page.waitForFunction(() => /Richiesta ricevuta/.test(document.querySelector('.sp-log').textContent))
  assert.equal(sent, 1)
  await page.click('.sp-bot:last-child a')
  assert.match(await page.locator('.done-number').textContent(), /\d+/)
  assert.match(await page.locator('.facts').textContent(), /Ricevuta, in attesa di una persona/)
}))

test('steps of a procedure: links lead to the step in the same message', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/chat`)
  await say(page, "non ricevo l'sms con il codice")
  await say(page, 'tutti i passi')
  await page.click('.sp-bot:last-child a[href^="#passo-3"]')
  assert.match((await focused(page)).name, /^h2#passo-3/)
  assert.match(page.url(), /\/chat\/[a-z0-9]{26}$/)
}))

test('the panel: opens over a page, goes on over the next one, gives the focus back', () => withPage({ viewport: sizes.phone }, async (page) => {
  await page.goto(at.base)
  await page.click('.chat-bubble')
  await page.locator('dialog[open] textarea').waitFor()
  assert.equal((await focused(page)).name, 'textarea#chat-message')
  await say(page, 'ho pagato due volte')
  await page.click('dialog .sp-meta a')
  await page.waitForURL(/\/a\/pagato-due-volte/)
  await page.click('.chat-bubble')
  await page.locator('dialog[open] .sp-you').waitFor()
  assert.match(await page.locator('.sp-you').textContent(), /ho pagato due volte/)
  await page.keyboard.press('Escape')
  assert.equal((await focused(page)).name, 'a.chat-bubble')
}))

// A browser that keeps pages as they were for "back", as people's browsers do (playwright turns it off).
async function withKeptPages(work) {
  const browser = await openBrowser({ which: 'whole', ignoreDefaultArgs: ['--disable-back-forward-cache'] })
  try {
    const page = await (await browser.newContext({ viewport: sizes.desktop, locale: 'it-IT' })).newPage()
    await page.addInitScript(() => window.addEventListener('pageshow', ({ persisted }) => { window.wasKept = persisted }))
    await work(page)
  } finally {
    await browser.close()
  }
}

const secrets = (page) => page.locator('a[href*="key="]')

// Where a kept page comes back nothing is loaded, so that playwright's own waiting does not end.
async function back(page, path, kept) {
  await page.evaluate(() => { window.wasKept = undefined; setTimeout(() => history.back()) })
  for (let i = 0; i < 100; i++) {
    const now = await page.evaluate(() => [location.pathname, window.wasKept]).catch(() => [])
    if (now[0] === path && now[1] === kept) return
    await new Promise((done) => setTimeout(done, 50))
  }
  assert.fail(`back did not lead to ${path}`)
}

async function openTicket(page) {
  await say(page, 'ho dimenticato la password')
  await page.click('.sp-person')
  await page.locator('.sp-ticket').waitFor()
  await page.fill('.sp-ticket textarea', 'Non arriva il codice.')
  await page.click('.sp-ticket .sp-send')
  await secrets(page).waitFor()
}

test('a new conversation on the same device: "back" does not lead to the link of the first one\'s ticket', () => withKeptPages(async (page) => {
  await page.goto(at.base)
  await page.goto(`${at.base}/chat`)
  await openTicket(page)
  await page.click('[data-chat-restart]')
  await page.waitForURL(/\/chat$/)
  assert.equal(await page.locator('.sp-you').count(), 0)
  await say(page, 'ho pagato due volte')
  await back(page, '/', true)
  assert.equal(await secrets(page).count(), 0)
}))

test('another conversation that began meanwhile: the page that the browser kept has no link to the ticket any more', () => withKeptPages(async (page) => {
  await page.goto(`${at.base}/chat`)
  await openTicket(page)
  const first = new URL(page.url()).pathname
  await page.goto(`${at.base}/chat`)
  await back(page, first, true)
  assert.equal(await secrets(page).count(), 1, 'nobody else came: it is there as it was')
  await page.goto(`${at.base}/chat`)
  await say(page, 'ho pagato due volte')
  await back(page, first, false) // loaded anew
  assert.match(await page.locator('.sp-you').first().textContent(), /password/)
  assert.equal(await secrets(page).count(), 0)
  await page.reload()
  assert.match(await page.locator('.sp-log').textContent(), /Il tuo numero è \d+/)
  assert.equal(await secrets(page).count(), 0, 'nor when it is loaded once more')
}))

test('the panel of a page that the browser kept goes when its conversation was ended', () => withKeptPages(async (page) => {
  await page.goto(at.base)
  await page.click('.chat-bubble')
  await page.locator('dialog[open] #chat-message').waitFor()
  await openTicket(page)
  await page.goto(`${at.base}/search?q=password`)
  await page.click('.chat-bubble')
  await page.click('dialog[open] [data-chat-restart]')
  await page.locator('dialog[open] #chat-message').waitFor()
  assert.equal(await page.locator('.sp-you').count(), 0)
  await back(page, '/', true)
  assert.equal(await secrets(page).count(), 0)
}))

test('no connection: said, nothing lost, tried again', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/chat`)
  await page.route('**/v1/chat', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"status":503}' }), { times: 1 })
  await page.fill('#chat-message', 'ho pagato due volte')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => /Il servizio non ha risposto/.test(document.querySelector('.sp-log').textContent))
  await page.click('.sp-bot:last-child .sp-choice')
  await page.locator('.sp-solved').waitFor()
  assert.equal(await page.locator('.sp-you').count(), 1)
}))

test('what a person writes is never read as HTML', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/chat`)
  const evil = '<img src=x onerror="document.title=1"> ciao'
  await say(page, evil)
  assert.match(await page.locator('.sp-you').last().textContent(), /<img src=x/)
  await page.reload()
  assert.equal(await page.locator('.sp-you img').count(), 0)
  await page.goto(`${at.base}/search?q=${encodeURIComponent('"><script>document.title=1</script>')}`)
  assert.equal(await page.inputValue('#q'), '"><script>document.title=1</script>')
}))
