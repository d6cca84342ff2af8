// The managers' dashboard on a year of known contacts: its figures are those of `sportello report`, in every state it can be read by
// everybody on every size, used by keyboard, without scripts, and printed.
import test from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, cpSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addToken, assertAccessible, at, setUp, signIn, tabTo, withPage } from './lib.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const program = resolve(process.env.SPORTELLO_BIN ?? join(here, '..', '..', 'build', 'sportello'))
const sizes = { 'narrow phone': { width: 320, height: 640 }, tablet: { width: 768, height: 1024 }, desktop: { width: 1280, height: 900 } }
const views = ['', 'topics', 'contacts', 'work', 'rules']
const iso = (date) => date.toISOString().slice(0, 10)
const yesterday = new Date(Date.now() - 36e5 * 24)
const monthsBack = (n) => new Date(Date.UTC(yesterday.getUTCFullYear(), yesterday.getUTCMonth() - n, 1))
const from = iso(monthsBack(11)), to = iso(yesterday), span = `from=${from}&to=${to}`
let told

setUp((folder) => {
  const kb = join(folder, 'kb'), data = join(folder, 'data')
  cpSync(join(here, 'kb'), kb, { recursive: true })
  appendFileSync(join(kb, 'kb.yaml'), '\nopen_data: true\n')
  execFileSync(program, ['token', 'add', '--data', data, '--audience', 'agent-l1', '--role', 'reader', '--subject', 'nessuno'])
  told = JSON.parse(execFileSync('python3', [join(here, 'ledger_data.py'), join(data, 'store.sqlite'), to, '120']))
  return ['serve', '--kb', kb, '--data', data]
})

const enter = (page, path = `/dashboard/?${span}`) => signIn(page, addToken('agent-l1', 'manager', 'capo'), path)
const report = (...args) => JSON.parse(execFileSync(program, ['report', '--data', at.data, '--from', from, '--to', to, '--json', ...args]))
// "1.234" and "45,2%" as an Italian reads them.
const italian = (text) => text === '–' ? null : Number(text.replace(/[.%\s]/g, '').replace('−', '-').replace(',', '.'))
const percent = (share) => share === null ? null : share * 100
const close = (got, wanted, what) => assert.ok(got === wanted || Math.abs(got - wanted) <= 0.0551, `${what}: ${got} is not ${wanted}`)

// The table behind a chart: [{label, cells}].
const table = (page, key) => page.$$eval(`#${key} tbody tr`, (rows) => rows.map((row) => {
  const [label, ...cells] = [...row.cells].map((cell) => cell.textContent.trim())
  return { label, cells }
}))
const csv = async (page, key) => {
  const text = await page.evaluate(async (path) => (await fetch(path)).text(), await page.getAttribute(`#${key} .db-csv`, 'href'))
  const [head, ...lines] = text.trim().split('\r\n').map((line) => line.split(',').map((cell) => cell.replace(/^"|"$/g, '')))
  return lines.map((line) => Object.fromEntries(head.map((name, i) => [name, line[i]])))
}

test('the figures are those of sportello report, and of what was put in', () => withPage({}, async (page) => {
  await enter(page)
  const { rows, total } = report('--by', 'month')
  const byMonth = new Map(rows.map((row) => [row.key, row]))
  const outcomes = await csv(page, 'outcomes'), shown = await table(page, 'outcomes'), ranges = await table(page, 'self-service')
  assert.equal(outcomes.length, 12)
  for (const [i, line] of outcomes.entries()) {
    const row = byMonth.get(line.period)
    const wanted = ['conversations', 'resolved_confirmed', 'resolved_assumed', 'tickets', 'abandoned'].map((name) => row?.[name] ?? 0)
    assert.deepEqual(Object.values(line).slice(2).map(Number), wanted, line.period)
    assert.deepEqual(shown[i].cells.map(italian), wanted, `${line.period} in the table`)
    assert.deepEqual(wanted.slice(1), Object.values(told[line.period]), `${line.period} as it was put in`)
    close(italian(ranges[i].cells[0]), percent(row?.self_service_rate.low ?? null), `${line.period}, low`)
    close(italian(ranges[i].cells[1]), percent(row?.self_service_rate.high ?? null), `${line.period}, high`)
  }
  assert.equal(outcomes.filter((line) => line.conversations === '0').length, 1, 'the month without contacts is there')
  const tile = async (key) => (await page.textContent(`[data-tile="${key}"] .db-value`)).trim()
  const sum = (name) => rows.reduce((all, row) => all + row[name], 0)
  for (const [key, name] of [['conversations', 'conversations'], ['confirmed', 'resolved_confirmed'], ['assumed', 'resolved_assumed'], ['tickets', 'tickets'], ['abandoned', 'abandoned']])
    assert.equal(italian(await tile(key)), sum(name), key)
  const [low, high] = (await tile('self-service')).split(' – ').map(italian)
  close(low, 100 * sum('resolved_confirmed') / sum('conversations'), 'low')
  close(high, 100 * (sum('resolved_confirmed') + sum('resolved_assumed')) / sum('conversations'), 'high')
  assert.ok(total !== undefined)
}))

test('categories, channels and languages are those of sportello report, also under a filter', () => withPage({}, async (page) => {
  await enter(page)
  for (const [view, key, by, field] of [['topics', 'categories', 'category', 'category'], ['contacts', 'channels', 'channel', 'channel'], ['contacts', 'languages', 'lang', 'lang']])
    for (const [filter, option] of [['', []], ['&channel=web', ['--channel', 'web']]]) {
      await page.goto(`${at.base}/dashboard/${view}?${span}${filter}`)
      const wanted = report('--by', by, ...option).rows.map((row) => [row.key, row.conversations, row.resolved_confirmed, row.tickets])
      const got = (await csv(page, key)).map((line) => [line[field], +line.conversations, +line.resolved_confirmed, +line.tickets])
      assert.deepEqual(got, wanted, `${key} ${filter}`)
      assert.ok(got.length > 0)
    }
}))

test('hours add up, and a filter that cannot be is told', () => withPage({}, async (page) => {
  await enter(page, `/dashboard/contacts?${span}`)
  const hours = await csv(page, 'hours'), all = report('--by', 'month').rows.reduce((sum, row) => sum + row.conversations, 0)
  assert.equal(hours.length, 24)
  assert.equal(hours.flatMap((line) => Object.values(line).slice(2).map(Number)).reduce((a, b) => a + b), all)
  await page.goto(`${at.base}/dashboard/contacts?${span}&group=primo`)
  assert.match(await page.textContent('#hours'), /togli il filtro del gruppo/)
}))

test('a link of a row leads to what it counts', () => withPage({}, async (page) => {
  await enter(page, `/dashboard/topics?${span}`)
  await page.click('#categories summary')
  const count = italian((await table(page, 'categories'))[0].cells[0])
  await page.click('#categories tbody a')
  await page.waitForURL(/category=/)
  assert.equal(italian(await page.textContent('[data-tile="conversations"] .db-value')), count)
  await page.click('.db-active a')
  await page.waitForURL((url) => !url.search.includes('category='))
}))

test('compared with the period before, in words', () => withPage({}, async (page) => {
  await enter(page, `/dashboard/?from=${iso(monthsBack(2))}&to=${iso(new Date(monthsBack(1) - 864e5))}`)
  const change = await page.textContent('[data-tile="conversations"] .db-change')
  assert.match(change, /▲ [\d,]+% in più/)
  assert.match(await page.textContent('[data-tile="self-service"] .db-change'), /per certo .+; al massimo .+/)
}))

test('numbers as the reader writes them', () => withPage({}, async (page) => {
  await enter(page)
  const value = async (lang) => {
    await page.goto(`${at.base}/dashboard/?${span}&lang=${lang}`)
    return [(await page.textContent('[data-tile="conversations"] .db-value')).trim(), (await page.textContent('[data-tile="self-service"] .db-value')).trim()]
  }
  assert.match((await value('it')).join(' '), /^\d\.\d{3} \d\d,\d% – \d\d,\d%$/)
  assert.match((await value('en')).join(' '), /^\d,\d{3} \d\d\.\d% – \d\d\.\d%$/)
  assert.match((await value('de')).join(' '), /^\d\.\d{3} \d\d,\d\u00a0% – \d\d,\d\u00a0%$/)
}))

test('by keyboard: a definition, the filters, a period', () => withPage({}, async (page) => {
  await enter(page)
  await tabTo(page, 'Filtri')
  await page.keyboard.press('Enter')
  await tabTo(page, 'select#f-channel')
  await page.keyboard.press('ArrowDown')
  const chosen = await page.inputValue('#f-channel')
  assert.ok(chosen)
  await page.focus('#f-group')
  await tabTo(page, 'Mostra')
  await page.keyboard.press('Enter')
  await page.waitForURL(new RegExp(`channel=${chosen}`))
  assert.doesNotMatch(page.url(), /category=/, 'what is empty stays out of the address')
  await tabTo(page, /^summary/, 'Tab', 90)
  await tabTo(page, 'Che cosa conta: Risolte senza una persona', 'Tab', 90)
  await page.keyboard.press('Enter')
  assert.ok(await page.isVisible('[data-tile="self-service"] details p'))
  await page.focus('h1 ~ .db-controls a')
  await page.keyboard.press('Enter')
  await page.waitForURL(/from=/)
}))

test('without scripts', () => withPage({ javaScriptEnabled: false }, async (page) => {
  await enter(page)
  await page.click('.ag-filters summary')
  await page.selectOption('#f-category', 'accesso')
  await page.click('.db-apply button')
  await page.waitForURL(/category=accesso/)
  assert.match(await page.textContent('.db-active'), /Categoria: Accesso/)
  await page.click('#outcomes summary')
  assert.ok(await page.isVisible('#outcomes table'))
  await page.goto(`${at.base}/figures`)
  assert.ok(await page.isVisible('#months svg'))
}))

test('on paper', () => withPage({ viewport: { width: 718, height: 1000 } }, async (page) => {
  await enter(page)
  await page.emulateMedia({ media: 'print' })
  for (const hidden of ['.ag-nav', '.db-controls', '.db-csv']) assert.ok(!await page.isVisible(hidden), hidden)
  assert.equal(await page.locator('#outcomes svg:visible').count(), 1)
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)')
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
  assert.ok((await page.pdf({ format: 'A4' })).length > 20000)
}))

test('other roles are told that it is not for them', () => withPage({}, async (page) => {
  for (const role of ['agent', 'editor']) {
    await page.context().clearCookies()
    await signIn(page, addToken('agent-l1', role, role), '/agent/')
    for (const path of ['', 'topics', 'csv/outcomes']) {
      const reply = await page.goto(`${at.base}/dashboard/${path}`)
      assert.equal(reply.status(), 403)
      assert.match(await page.textContent('h1'), /non è per te/)
    }
  }
  await assertAccessible(page, '403')
}))

test('public figures: only whole months, no small number, nothing that a reader may not see', () => withPage({}, async (page) => {
  await page.goto(`${at.base}/figures`)
  const shown = await page.$$eval('#month option', (options) => options.map((option) => option.value))
  assert.ok(shown.length >= 10 && !shown.includes(to.slice(0, 7)), shown.join())
  const rows = await table(page, 'months')
  for (const { label, cells } of rows)
    for (const cell of cells.slice(0, 5)) assert.ok(cell === '–' || italian(cell) === 0 || italian(cell) >= 5, `${label}: ${cell}`)
  for (const month of shown) {
    await page.goto(`${at.base}/figures?month=${month}`)
    for (const { label, cells } of await table(page, 'categories'))
      for (const cell of cells.slice(0, 5)) assert.ok(cell === '–' || italian(cell) === 0 || italian(cell) >= 5, `${month} ${label}: ${cell}`)
    assert.doesNotMatch(await page.textContent('main'), /Interno/)
  }
  const month = shown[0], row = report('--by', 'month').rows.find(({ key }) => key === month)
  const line = await page.evaluate(async () => (await fetch('/figures.csv')).text())
  assert.match(line, new RegExp(`^${month},[^,]+,${row.conversations},`, 'm'))
  const catalogue = await page.evaluate(async () => (await fetch('/figures.jsonld')).json())
  assert.equal(catalogue['@type'], 'dcat:Dataset')
  assert.equal((await page.goto(`${at.base}/figures?month=1999-01`)).status(), 404)
}))

for (const [size, viewport] of Object.entries(sizes))
  test(`accessible on a ${size}, in every state`, () => withPage({ viewport }, async (page) => {
    const look = async (what, lang = 'it') => {
      await assertAccessible(page, `${what} ${lang}`, lang)
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/dashboard-${what}-${lang}-${size.replace(' ', '-')}.png`, fullPage: true })
    }
    await enter(page)
    const langs = viewport.width < 400 ? ['it', 'en', 'de'] : ['it'] // what is too long for a place shows where it is narrow
    for (const lang of langs)
      for (const view of views) {
        await page.goto(`${at.base}/dashboard/${view}?${span}&lang=${lang}`)
        assert.equal(await page.locator('.db-figure').first().locator('svg:visible').count(), 1, 'one width of each chart')
        await look(view || 'overview', lang)
      }
    for (const view of views) {
      await page.goto(`${at.base}/dashboard/${view}?${span}&channel=web&group=primo`)
      await page.evaluate(() => { for (const details of document.querySelectorAll('details')) details.open = true })
      await look(`open-${view}`)
    }
    await page.goto(`${at.base}/dashboard/?from=${iso(monthsBack(1))}&to=${to}`)
    await look('days')
    await page.goto(`${at.base}/dashboard/?from=${to}&to=${from}`)
    assert.match(await page.textContent('[role=alert]'), /date non vanno bene/)
    await look('wrong-dates')
    await page.goto(`${at.base}/dashboard/?from=2001-01-01&to=2001-02-01`)
    assert.match(await page.textContent('main'), /Nessun contatto in questo periodo/)
    await look('nothing')
    for (const lang of langs) {
      await page.goto(`${at.base}/figures?lang=${lang}`)
      await look('figures', lang)
    }
  }))
