// Files of a request: added and taken away on its page, with scripts and without.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { at, assertAccessible, setUp, sizes, withPage } from './lib.mjs'

setUp()

const jpeg = Buffer.from('/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEB' +
  'AREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q==', 'base64')
const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 40]), Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0LUOGO!', 'latin1')])
const photo = { name: 'città <b>.jpg', mimeType: 'image/jpeg', buffer: Buffer.concat([jpeg.subarray(0, 20), exif, jpeg.subarray(20)]) }
const page404 = { name: 'foto.png', mimeType: 'image/png', buffer: Buffer.from('<!doctype html><script>alert(1)</script>') }

async function open(page) {
  const form = { category: 'accesso', lang: 'it', 'f-description': 'Non entro.' }
  const { location } = (await page.request.post(`${at.base}/ticket`, { form, maxRedirects: 0 })).headers()
  await page.goto(at.base + location)
}

for (const javaScriptEnabled of [true, false]) {
  test(`a photo is added, seen as one, and taken away ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => withPage({ javaScriptEnabled, viewport: sizes.phone }, async (page) => {
    await open(page)
    await page.setInputFiles('#file', photo)
    await page.click('.files form.sp-form button')
    const link = page.locator('.files li a')
    await link.waitFor()
    assert.equal(await link.textContent(), 'città _b_.jpg')
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    assert.equal(download.suggestedFilename(), 'città _b_.jpg')
    const got = await page.request.get(at.base + await link.getAttribute('href'))
    assert.equal((await got.body()).includes('LUOGO!'), false)
    await page.click('.files li button')
    await page.locator('.files li').waitFor({ state: 'detached' })
  }))

  test(`what is no picture is told ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => withPage({ javaScriptEnabled, viewport: sizes.phone }, async (page) => {
    await open(page)
    await page.setInputFiles('#file', page404)
    await page.click('.files form.sp-form button')
    await page.locator('.files .sp-error', { hasText: 'JPEG, PNG, WebP, GIF o PDF' }).waitFor()
    assert.equal(await page.locator('.files li').count(), 0)
  }))
}

test('a cleaned photo still is one, and stands upright', () => withPage({}, async (page) => {
  await open(page)
  await page.setInputFiles('#file', photo)
  await page.click('.files form.sp-form button')
  const href = await page.locator('.files li a').getAttribute('href')
  const body = await (await page.request.get(at.base + href)).body()
  assert.deepEqual(await page.evaluate(async (bytes) => {
    const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }))
    return [picture.width, picture.height]
  }, [...body]), [1, 1])
}))

test('several at once, and one that is too large', () => withPage({}, async (page) => {
  await open(page)
  await page.setInputFiles('#file', [photo, { ...photo, name: 'due.jpg' }])
  await page.click('.files form.sp-form button')
  await page.locator('.files li').nth(1).waitFor()
  await page.setInputFiles('#file', { ...photo, buffer: Buffer.alloc(6 << 20) })
  await page.click('.files form.sp-form button')
  await page.locator('.files .sp-error', { hasText: 'troppo grande' }).waitFor()
}))

test('nobody is kept out, and nothing sticks out', async () => {
  for (const [name, viewport] of Object.entries(sizes))
    await withPage({ viewport }, async (page) => {
      await open(page)
      await page.setInputFiles('#file', { ...photo, name: `${'lunghissimo'.repeat(8)}.jpg` })
      await page.click('.files form.sp-form button')
      await page.locator('.files li').waitFor()
      await assertAccessible(page, name)
    })
})
