// sportello preview: the page follows what is saved; by keyboard, on a phone, and without scripts.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assertAccessible, at, focused, preview, setUp, sizes, tabTo, withPage } from './lib.mjs'

setUp(preview)

const file = (path) => join(at.kb, path)
const read = (path) => readFileSync(file(path), 'utf8')
// As editors save: beside it, then renamed over it.
function save(path, text) {
  writeFileSync(file(`${path}~`), text)
  renameSync(file(`${path}~`), file(path))
}
async function changed(path, change, work) {
  const before = read(path)
  save(path, change(before))
  try {
    await work()
  } finally {
    save(path, before)
  }
}
const open = async (page, query) => {
  await page.goto(`${at.base}/editor/${query}`)
  await page.locator('html.ed-scripts').waitFor({ state: 'attached' })
}
const article = (page) => page.locator('#article')
const otp = 'it/accesso/codice-non-arriva.md'

test('what is saved is there without reloading, marked, and nothing else moves', () => withPage({}, async (page) => {
  await open(page, '?id=ricevuta')
  await page.evaluate(() => { window.same = true; document.querySelector('.ed-category:not([open])').open = true })
  const folds = await page.locator('.ed-category[open]').count()
  await changed('it/pagamenti/ricevuta.md', (text) => `${text}\nUna frase appena scritta.\n`, async () => {
    const began = Date.now()
    await page.locator('.article-body .ed-new', { hasText: 'Una frase appena scritta.' }).waitFor()
    assert.ok(Date.now() - began < 2000, `it took ${Date.now() - began} ms`)
    assert.equal(await page.locator('.ed-new').count(), 1)
    assert.match(await page.locator('[data-live]').textContent(), /Aggiornata alle/)
    assert.equal(await page.locator('.ed-category[open]').count(), folds)
  })
  await page.waitForFunction(() => !/appena scritta/.test(document.querySelector('#article').textContent))
  assert.equal(await page.evaluate(() => window.same), true, 'the page was not loaded again')
}))

test('an edit that waits: what it changes', () => withPage({}, async (page) => {
  const waiting = otp.replace('.md', '.draft.md')
  await open(page, '?id=codice-non-arriva')
  save(waiting, read(otp).replace('status: published', 'status: draft').replace('| Alfa | 5 minuti |', '| Alfa | 7 minuti |'))
  try {
    await page.locator('#article .ed-waiting').waitFor()
    await page.locator('#article .ed-difference summary').click()
    assert.match(await page.locator('#article .ed-come', { hasText: '7 minuti' }).textContent(), /aggiunto\s*\| Alfa \| 7 minuti/)
    assert.match(await page.locator('#article .ed-gone', { hasText: '5 minuti' }).textContent(), /tolto\s*\| Alfa \| 5 minuti/)
    assert.equal(await page.locator('#list a[aria-current] .ed-waiting').count(), 1)
    await assertAccessible(page, 'difference')
    save(waiting, read(waiting).replace('7 minuti', '9 minuti'))
    await page.locator('#article .ed-come', { hasText: '9 minuti' }).waitFor()
    assert.ok(await page.locator('#article .ed-difference[open]').count(), 'what was open stays open')
  } finally {
    unlinkSync(file(waiting))
  }
  await page.waitForFunction(() => !document.querySelector('#article .ed-waiting'))
}))

test('findings appear and go', () => withPage({}, async (page) => {
  await open(page, '?id=ricevuta')
  const findings = page.locator('#findings')
  assert.equal(await findings.locator('.ed-is-error').count(), 0)
  await changed('it/pagamenti/ricevuta.md', (text) => `${text}\n[qui](non-esiste)\n`, async () => {
    await findings.locator('.ed-is-error', { hasText: 'non-esiste' }).first().waitFor()
    assert.match(await findings.locator('.ed-is-error').first().textContent(), /errore\s+riga \d+\s+broken-link/)
    await assertAccessible(page, 'findings')
  })
  await page.waitForFunction(() => document.querySelectorAll('#findings .ed-is-error').length === 0)
}))

test('a file that breaks shows where, above its last good text', () => withPage({}, async (page) => {
  await open(page, '?id=codice-non-arriva')
  await changed(otp, (text) => text.replace('status: published', 'status: publicato'), async () => {
    await page.locator('.ed-broken').waitFor()
    assert.match(await page.locator('.ed-wrong').first().textContent(), /status: publicato/)
    assert.ok(await page.locator('#article .article-body').isVisible())
    await assertAccessible(page, 'broken file')
  })
  await page.locator('.ed-broken').waitFor({ state: 'detached' })
}))

test('view as, on a day, in a language; the address says it and "back" undoes it', () => withPage({}, async (page) => {
  await open(page, '?id=solo-operatori')
  assert.match(await article(page).textContent(), /non lo vedono/)
  await page.selectOption('[name="as"]', { index: 1 })
  await page.locator('#article .article-body').waitFor()
  const audience = await page.inputValue('[data-view] [name="as"]')
  assert.ok(page.url().includes(`as=${audience}`))
  await page.fill('[data-view] [name="on"]', '2021-03-15')
  await page.waitForURL(/on=2021-03-15/)
  await page.waitForFunction(() => /15 marzo 2021/.test(document.querySelector('#ask').textContent))
  await page.goBack()
  await page.waitForURL((url) => !/on=/.test(url.search))
  await page.goBack()
  await page.waitForFunction(() => /non lo vedono/.test(document.querySelector('#article').textContent))
  assert.equal(await page.inputValue('[data-view] [name="as"]'), 'citizen')
  await page.goto(`${at.base}/editor/?id=password-dimenticata`)
  await page.selectOption('[data-view] [name="lang"]', 'en')
  await page.waitForURL(/lang=en/)
  await page.locator('html[lang="en"]').waitFor({ state: 'attached' })
  assert.match(await page.locator('.ed-brand').textContent(), /Preview/)
}))

test('the draft is asked', () => withPage({}, async (page) => {
  await open(page, '?id=ricevuta')
  await changed('it/pagamenti/ricevuta.md', (text) => text.replace('status: published', 'status: draft').replace('questions:', 'questions:\n  - dove sta il foglio turchino'), async () => {
    await page.locator('#article .ed-draft').waitFor()
    await page.locator('[data-keep="questions"] summary').click()
    await page.locator('.ed-questions a', { hasText: 'foglio turchino' }).click()
    await page.locator('.ed-result').waitFor()
    assert.match(await page.locator('.ed-verdict').textContent(), /Risponde.*ricevuta.*questo articolo.*bozza/s)
    assert.equal(await page.inputValue('#ed-ask'), 'dove sta il foglio turchino')
    assert.ok(page.url().includes('ask=dove+sta+il+foglio+turchino'))
    await page.fill('#ed-ask', 'vorrei parlare con una persona')
    await page.keyboard.press('Enter')
    await page.locator('.ed-verdict', { hasText: 'Passa a una persona' }).waitFor()
    assert.equal((await focused(page)).name, 'input#ed-ask', 'the focus stays where one writes')
    await assertAccessible(page, 'answer')
  })
}))

test('the list is searched as one types, and an article is opened, by keyboard alone', () => withPage({}, async (page) => {
  await open(page, '')
  await page.keyboard.press('Tab')
  assert.equal((await focused(page)).text, "Vai all'articolo")
  await tabTo(page, 'input#ed-q')
  await page.keyboard.type('RICEVUTA')
  assert.equal(await page.locator('.ed-category li:visible').count(), 1)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await page.locator('#article .article-body').waitFor()
  assert.equal((await focused(page)).name, 'div#article')
  assert.match(page.url(), /id=ricevuta/)
  assert.equal(await page.locator('.ed-list [aria-current="page"]').count(), 1)
}))

test('a procedure is walked', () => withPage({}, async (page) => {
  await open(page, '?id=codice-non-arriva')
  await page.click('.ed-walk button')
  assert.equal(await page.locator('.article-body h2:visible').count(), 1)
  const first = await page.locator('.article-body h2:visible').textContent()
  await page.locator('.article-body a[href^="#"]:visible').first().click()
  const second = await page.locator('.article-body h2:visible').textContent()
  assert.notEqual(second, first)
  assert.match((await focused(page)).name, /^h2#/)
  assert.deepEqual(await page.locator('.ed-walk li').allTextContents(), [first, second])
  // It goes on where it was when the text is saved anew.
  await changed(otp, (text) => `${text}\nFine.\n`, async () => {
    await page.locator('[data-live]', { hasText: 'Aggiornata' }).waitFor()
    assert.equal(await page.locator('.article-body h2:visible').textContent(), second)
  })
  await assertAccessible(page, 'walk')
}))

for (const size of ['narrow phone', 'desktop'])
  test(`every state is accessible, ${size}`, () => withPage({ viewport: sizes[size] }, async (page) => {
    for (const query of ['', '?id=ricevuta', '?id=nessuno', '?id=solo-operatori', '?id=avviso-carte', '?id=cashback-concluso', '?id=codice-non-arriva&as=agent-l1',
      '?ask=non+funziona', '?ask=ciao', '?q=xyzzy']) {
      await open(page, query)
      await assertAccessible(page, query)
    }
  }))

test('at 375 px everything is there, and the list does not stand in the way', () => withPage({ viewport: { width: 375, height: 700 } }, async (page) => {
  await open(page, '?id=ricevuta')
  assert.ok(await page.locator('#article h1').isVisible())
  assert.ok(!await page.locator('#ed-q').isVisible())
  await page.click('[data-list-fold] > summary')
  await page.fill('#ed-q', 'pagato')
  await page.locator('.ed-category li:visible a').first().click()
  await page.waitForURL(/id=pagato-due-volte/)
  await page.waitForFunction(() => document.querySelector('#article').getBoundingClientRect().top < 200)
  await assertAccessible(page, '375 px')
}))

test('without scripts: article, findings, answer, list', () => withPage({ javaScriptEnabled: false }, async (page) => {
  await page.goto(`${at.base}/editor/?id=ricevuta`)
  assert.ok(await page.locator('#article .article-body').isVisible())
  assert.ok(await page.locator('#findings').isVisible())
  await page.fill('#ed-ask', 'non trovo la ricevuta')
  await page.click('[data-ask] button')
  assert.ok(await page.locator('.ed-verdict').isVisible())
  await page.selectOption('[data-view] [name="as"]', { index: 1 })
  await page.click('[data-view] button')
  assert.match(page.url(), /id=ricevuta/)
  assert.match(page.url(), /as=agent/)
  await page.fill('#ed-q', 'cashback')
  await page.click('[data-find] button')
  assert.ok(await page.locator('.ed-category a', { hasText: /cashback/i }).first().isVisible())
}))

test('when the preview is gone it is said', () => withPage({}, async (page) => {
  await open(page, '?id=ricevuta')
  await page.route('**/editor/changes**', (route) => route.fulfill({ status: 503, body: '' }))
  save('it/pagamenti/ricevuta.md', read('it/pagamenti/ricevuta.md'))
  await page.locator('.ed-lost').waitFor({ timeout: 25000 })
}))
