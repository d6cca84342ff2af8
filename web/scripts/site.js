// Search of a static site: everything is in search-data.js (window.sportelloSearch: {url, title, questions, keywords, text, topic, lang?}).
const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
const words = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? []
// What a beginning of a word is worth in each field; a whole word counts half more.
const weights = { title: 8, questions: 6, keywords: 4, topic: 2, text: 1 }

const articles = (window.sportelloSearch ?? []).map((article) => {
  const fields = { title: article.title, questions: article.questions.join(' '), keywords: article.keywords.join(' '), topic: article.topic, text: article.text }
  return { ...article, fields: Object.entries(fields).map(([name, text]) => [weights[name], new Set(words(text))]) }
})

function valueOf(article, word) {
  let best = 0
  for (const [weight, set] of article.fields) {
    if (set.has(word)) best = Math.max(best, weight * 1.5)
    else if (best < weight && [...set].some((other) => other.startsWith(word))) best = weight
  }
  return best
}

// Articles that have all words come first; then those that have most of what is rare.
function find(query) {
  const wanted = [...new Set(words(query))]
  const rows = articles.map((article) => ({ article, values: wanted.map((word) => valueOf(article, word)) }))
  const rarity = wanted.map((_, i) => Math.log(1 + articles.length / (1 + rows.filter(({ values }) => values[i] > 0).length)))
  return rows.filter(({ values }) => values.some((value) => value > 0))
    .map(({ article, values }) => ({ article, all: values.every((value) => value > 0), score: values.reduce((sum, value, i) => sum + value * rarity[i], 0) }))
    .sort((a, b) => b.all - a.all || b.score - a.score || a.article.title.localeCompare(b.article.title))
    .slice(0, 50)
}

// The words around the first that matches, each match marked.
function snippet(text, wanted) {
  const parts = [...text.matchAll(/[\p{L}\p{N}]+/gu)]
  const hits = parts.filter(([word]) => wanted.some((w) => fold(word).startsWith(w)))
  const from = hits.length ? Math.max(0, text.lastIndexOf(' ', Math.max(0, hits[0].index - 60)) + 1) : 0
  const to = Math.min(text.length, from + 220)
  const nodes = [from > 0 ? '… ' : '']
  let at = from
  for (const hit of hits) {
    if (hit.index < from || hit.index + hit[0].length > to) continue
    const mark = document.createElement('mark')
    mark.textContent = hit[0]
    nodes.push(text.slice(at, hit.index), mark)
    at = hit.index + hit[0].length
  }
  nodes.push(text.slice(at, to), to < text.length ? ' …' : '')
  return nodes
}

function show(section, query) {
  const found = find(query)
  const title = section.querySelector('h2')
  const list = section.querySelector('ul')
  const { one, many, none, noneText, langOther } = section.dataset
  list.replaceChildren()
  title.textContent = found.length === 0 ? none : found.length === 1 ? one : many.replace('{count}', found.length)
  if (found.length === 0) {
    const item = document.createElement('li')
    item.textContent = noneText
    list.append(item)
  }
  for (const { article } of found) {
    const item = document.createElement('li')
    const head = document.createElement('h3')
    const link = document.createElement('a')
    link.href = article.url
    link.textContent = article.title
    head.append(link)
    const text = document.createElement('p')
    text.className = 'snippet'
    text.append(...snippet(article.text, words(query)))
    const meta = document.createElement('p')
    meta.className = 'meta'
    for (const part of [article.topic, article.lang ? langOther.replace('{language}', article.language) : '']) {
      if (!part) continue
      const span = document.createElement('span')
      span.textContent = part
      meta.append(span)
    }
    if (article.lang) link.lang = text.lang = article.lang
    item.append(head, text, meta)
    list.append(item)
  }
}

const section = document.querySelector('[data-site-search]')
const input = document.querySelector('#q')
if (section && input) {
  const query = new URLSearchParams(location.search).get('q') ?? ''
  input.value = query
  if (query.trim()) show(section, query)
  input.addEventListener('input', () => { if (input.value.trim()) show(section, input.value) })
  input.form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (input.value.trim()) show(section, input.value)
  })
}
