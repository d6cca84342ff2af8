// Training in the console: a quiz taken by keyboard alone, without scripts, and every state of it accessible on every size.
import test from 'node:test'
import assert from 'node:assert/strict'
import { cpSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addToken, assertAccessible, at, focused, setUp, signIn, sizes, tabTo, withPage } from './lib.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const head = (id, title, more = '', type = 'qa') =>
  `---\nid: ${id}\ntype: ${type}\ntitle: "${title}"\ncategory: accesso\naudience: [${type === 'training' ? 'agent-l1' : 'citizen'}]\nstatus: published\nupdated: 2026-11-01\n${more}---\n\n`
const code = 'Il codice lo manda il gestore.\n\n## Dettagli\n\nGuarda il campo.\n'
const quiz = `Dura dieci minuti.

## Quiz

### Chi manda il codice?

- [ ] Lo sportello
- [x] Il gestore

Lo manda il gestore. Leggi: [il codice](quiz-codice#dettagli).

### Che cosa si controlla?

- [x] Il campo
- [x] La posta
- [ ] La batteria

Campo e posta. Leggi: [il codice](quiz-codice).

### Chi cambia la password?

- [x] Il gestore della password
- [ ] Noi

Solo lui. Leggi: [la password](quiz-password).
`
// Beside it, then over it, as editors' programs do.
function put(id, text) {
  const path = join(at.kb, 'it', 'accesso', `${id}.md`)
  writeFileSync(`${path}~`, text)
  renameSync(`${path}~`, path)
}

// The knowledge base of these tests, in a copy, with a module in it.
setUp((folder) => {
  at.kb = join(folder, 'kb')
  cpSync(join(here, 'kb'), at.kb, { recursive: true })
  put('quiz-codice', head('quiz-codice', 'Il codice del gestore') + code)
  put('quiz-password', head('quiz-password', 'La password del gestore') + 'La cambia il gestore.\n')
  put('quiz-lettura', head('quiz-lettura', 'Solo da leggere') + 'Da leggere e basta.\n')
  put('modulo-quiz', head('modulo-quiz', 'Modulo: il codice', 'articles: [quiz-codice, quiz-password, quiz-lettura]\n', 'training') + quiz)
  return ['serve', '--kb', at.kb, '--data', join(folder, 'data')]
})

// The list of modules, when it says so.
async function until(page, words) {
  for (let i = 0; i < 100; i++) {
    await page.goto(`${at.base}/agent/training`)
    if ((await page.textContent('main')).includes(words)) return
    await page.waitForTimeout(100)
  }
  assert.fail(`it never said: ${words}`)
}

let people = 0
const enter = (page, path = '/agent/training') => signIn(page, addToken('agent-l1', 'agent', `prova${++people}`), path)
const choose = async (page, labels) => { for (const label of labels) await page.getByLabel(label, { exact: true }).check() }
const right = ['Il gestore', 'Il campo', 'La posta']

test('a quiz by keyboard alone', () => withPage({}, async (page) => {
  await enter(page)
  await tabTo(page, 'Modulo: il codice')
  await page.keyboard.press('Enter')
  await page.waitForURL(/modulo-quiz/)
  await tabTo(page, 'Il codice del gestore')
  await page.keyboard.press('Enter')
  await page.waitForURL(/article=quiz-codice/)
  // Radios are reached by Tab and chosen by arrows or the space bar, boxes by the space bar.
  const wanted = new Set(right)
  for (let i = 0; i < 30 && wanted.size; i++) {
    await page.keyboard.press('Tab')
    const now = await focused(page)
    if (!now.name.startsWith('input')) continue
    assert.ok(now.seen, `the focus cannot be seen on ${now.name}`)
    const about = () => page.evaluate(() => document.activeElement.labels?.[0]?.textContent)
    let label = await about()
    if (await page.evaluate(() => document.activeElement.type) === 'radio') {
      await page.keyboard.press('Space')
      for (let k = 0; k < 3 && !wanted.has(label); k++) {
        await page.keyboard.press('ArrowDown')
        label = await about()
      }
    } else if (wanted.has(label)) {
      await page.keyboard.press('Space')
    }
    wanted.delete(label)
  }
  assert.deepEqual([...wanted], [])
  await tabTo(page, 'Controlla le risposte')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=status]')
  assert.match(await page.textContent('[role=status]'), /Superato\.\s+Risposte giuste: 2 su 2/)
  await tabTo(page, 'Avanti: La password del gestore')
  await page.keyboard.press('Enter')
  await page.waitForURL(/article=quiz-password/)
}))

test('what is missing is told, what is wrong explained, without scripts', () => withPage({ javaScriptEnabled: false }, async (page) => {
  await enter(page, '/agent/training/modulo-quiz?article=quiz-codice')
  assert.doesNotMatch(await page.content(), /Campo e posta/)
  await choose(page, ['Lo sportello'])
  await page.getByRole('button', { name: 'Controlla le risposte' }).click()
  await page.waitForSelector('[role=alert]')
  assert.ok(await page.getByLabel('Lo sportello').isChecked(), 'what was chosen stays')
  assert.doesNotMatch(await page.content(), /Campo e posta/)
  await choose(page, ['La batteria'])
  await page.getByRole('button', { name: 'Controlla le risposte' }).click()
  await page.waitForSelector('[role=status]')
  assert.match(await page.textContent('main'), /Non ancora\.[\s\S]*0 su 2[\s\S]*Campo e posta/)
  await page.getByRole('link', { name: 'Rifai il quiz' }).click()
  await choose(page, right)
  await page.getByRole('button', { name: 'Controlla le risposte' }).click()
  assert.match(await page.textContent('[role=status]'), /Superato/)
}))

for (const [size, viewport] of Object.entries(sizes))
  test(`accessible on a ${size}, in every state`, () => withPage({ viewport }, async (page) => {
    const look = async (what, lang = 'it') => {
      await assertAccessible(page, `${what} ${lang}`, lang)
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/training-${what}-${size.replace(' ', '-')}.png`, fullPage: true })
    }
    await enter(page)
    for (const lang of ['en', 'de', 'it']) {
      for (const [what, path] of [['list', ''], ['module', '/modulo-quiz'], ['quiz', '/modulo-quiz?article=quiz-codice'], ['reading', '/modulo-quiz?article=quiz-lettura']]) {
        await page.goto(`${at.base}/agent/training${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
        await look(what, lang)
      }
    }
    await page.goto(`${at.base}/agent/training/modulo-quiz?article=quiz-codice`)
    await choose(page, ['Lo sportello'])
    await page.getByRole('button', { name: 'Controlla le risposte' }).click()
    await look('missing')
    await choose(page, ['La batteria'])
    await page.getByRole('button', { name: 'Controlla le risposte' }).click()
    await look('wrong')
    await page.getByRole('link', { name: 'Rifai il quiz' }).click()
    await choose(page, right)
    await page.getByRole('button', { name: 'Controlla le risposte' }).click()
    await look('right')
    put('quiz-codice', head('quiz-codice', 'Il codice del gestore') + code.replace('il campo', `il campo, ${size}`))
    await until(page, 'Da rifare')
    await look('reopened')
    await page.getByRole('link', { name: 'Il codice del gestore' }).click()
    assert.match(await page.textContent('.tr-diff'), new RegExp(`Tolto:\\s+Guarda il campo[\\s\\S]*Nuovo:\\s+Guarda il campo, ${size}\\.`))
    await look('changed')
    await choose(page, right)
    await page.getByRole('button', { name: 'Controlla le risposte' }).click()
    await page.goto(`${at.base}/agent/training`)
    assert.doesNotMatch(await page.textContent('main'), /Da rifare/)
  }))

for (const [size, viewport] of Object.entries(sizes))
  test(`the managers' page on a ${size}`, () => withPage({ viewport }, async (page) => {
    addToken('agent-l1', 'agent', 'qualcuno')
    await signIn(page, addToken('agent-l1', 'manager', 'capo'), '/agent/training')
    await page.waitForURL(/report/)
    assert.match(await page.textContent('table'), /qualcuno/)
    await assertAccessible(page, 'report')
  }))
