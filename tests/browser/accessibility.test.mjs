// Every page and state, on the narrowest phone and on a desktop, against axe.
import { test } from 'node:test'
import { assertAccessible, at, say, setUp, sizes, withPage } from './lib.mjs'

setUp()

const pages = {
  home: '/',
  'home in English': '/?lang=en',
  'home in German': '/?lang=de',
  category: '/c/accesso',
  'category with untranslated answers': '/c/accesso?lang=en',
  'search with results': '/search?q=codice',
  'search without results': '/search?q=xyzzy',
  'search without words': '/search',
  'search with a mistake': '/search?q=pasword',
  article: '/a/codice-non-arriva',
  'article that has ended': '/a/cashback-concluso',
  'article under a notice': '/a/pagato-due-volte',
  'notice': '/a/avviso-carte',
  'article in another language': '/a/codice-non-arriva?lang=en',
  'article in English': '/a/password-dimenticata?lang=en',
  chat: '/chat',
  'chat in German': '/chat?lang=de',
  'chat that is gone': '/chat/aaaaaaaaaaaaaaaaaaaaaaaaaa',
  'ticket, choosing': '/ticket',
  'ticket form': '/ticket?category=accesso',
  'page not found': '/no/such/page',
}

for (const size of ['narrow phone', 'desktop'])
  for (const [name, path] of Object.entries(pages))
    test(`${name}, ${size}`, () => withPage({ viewport: sizes[size] }, async (page) => {
      await page.goto(at.base + path)
      await assertAccessible(page, name, new URL(at.base + path).searchParams.get('lang') ?? 'it')
    }))

const decisions = {
  answer: ["ho dimenticato la password", '.sp-solved'],
  clarify: ['non funziona', '.sp-choices'],
  ticket: ['vorrei parlare con una persona', '.sp-ticket'],
  none: ['ciao', '.sp-text'],
}

for (const size of ['narrow phone', 'desktop'])
  for (const [decision, [message, wanted]] of Object.entries(decisions))
    test(`chat, ${decision}, ${size}`, () => withPage({ viewport: sizes[size] }, async (page) => {
      await page.goto(`${at.base}/chat`)
      await say(page, message)
      await page.locator(`.sp-bot:last-child ${wanted}`).waitFor()
      await assertAccessible(page, decision)
      // The same conversation as the server shows it.
      await page.reload()
      await page.locator(`.sp-bot ${wanted}`).last().waitFor()
      await assertAccessible(page, `${decision}, shown again`)
    }))

for (const size of ['phone', 'desktop'])
  test(`chat over an article, ${size}`, () => withPage({ viewport: sizes[size] }, async (page) => {
    await page.goto(`${at.base}/a/pagato-due-volte`)
    await page.click('.chat-bubble')
    await page.locator('dialog[open]').waitFor()
    await say(page, 'vorrei parlare con una persona')
    await assertAccessible(page, 'panel')
  }))

test('ticket form with mistakes, then its confirmation', () => withPage({ viewport: sizes['narrow phone'] }, async (page) => {
  await page.goto(`${at.base}/ticket?category=accesso`)
  await page.fill('#f-email', 'non è un indirizzo')
  await page.click('form.sp-form button')
  await page.locator('.error-summary').waitFor()
  await assertAccessible(page, 'mistakes')
  await page.fill('#f-email', 'prova@example.com')
  await page.fill('#f-description', 'Non riesco a entrare.')
  await page.click('form.sp-form button')
  await page.locator('.done-number').waitFor()
  await assertAccessible(page, 'confirmation')
}))

test('text twice as large at 640 px still fits', () => withPage({ viewport: { width: 640, height: 800 } }, async (page) => {
  for (const path of ['/', '/chat', '/a/codice-non-arriva', '/ticket?category=accesso', '/search?q=codice']) {
    await page.goto(at.base + path)
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%' })
    await assertAccessible(page, `${path} at 200%`)
  }
}))
