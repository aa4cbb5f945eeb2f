package sandbox

// pageTemplate is the one template of the public pages. Everything in it is
// escaped by html/template but the body, which was sanitised.
const pageTemplate = `<!doctype html>
<html lang="{{.Locale}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}{{if ne .Title .Site}} | {{.Site}}{{end}}</title>
<link rel="stylesheet" href="` + stylePath + `">
</head>
<body>
<header>
<a class="site" href="/{{.Locale}}">{{.Site}}</a>
{{- if gt (len .Locales) 1}}
<nav class="locales" aria-label="Languages">{{range .Locales}}<a href="{{.Href}}"{{if .Current}} aria-current="true"{{end}} lang="{{.Text}}">{{.Text}}</a>{{end}}</nav>
{{- end}}
</header>
<main>
{{- if .Crumbs}}
<nav class="crumbs" aria-label="Breadcrumb">{{range .Crumbs}}<a href="{{.Href}}">{{.Text}}</a><span aria-hidden="true">›</span>{{end}}</nav>
{{- end}}
<h1 class="title">{{.Title}}</h1>
{{- if .Lead}}
<p class="lead">{{.Lead}}</p>
{{- end}}
{{- if .Note}}
<p class="note">{{.Note}}</p>
{{- end}}
{{- range .Groups}}
<section>
{{- if .Title}}
<h2><a href="{{.Href}}">{{.Title}}</a></h2>
{{- end}}
{{- if .Lead}}
<p>{{.Lead}}</p>
{{- end}}
{{- if .Links}}
<ul>{{range .Links}}<li><a href="{{.Href}}">{{.Text}}</a></li>{{end}}</ul>
{{- end}}
</section>
{{- end}}
{{- if .Body}}
<article>{{.Body}}</article>
{{- end}}
</main>
<footer>hcsync sandbox: an emulated help center on this machine</footer>
</body>
</html>
`

const pageStyle = `:root { color-scheme: light; --ink: #1a1a1a; --soft: #5c6470; --line: #e3e6ea; --accent: #334bfa; }
* { box-sizing: border-box; }
body { margin: 0; background: #f7f8fa; color: var(--ink); font: 16px/1.6 system-ui, sans-serif; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
header { display: flex; flex-wrap: wrap; gap: 1rem; justify-content: space-between; padding: 1rem max(1rem, calc(50% - 24rem)); background: #fff; border-bottom: 1px solid var(--line); }
.site { font-weight: 600; color: var(--ink); }
.locales a { margin-inline-start: .75rem; }
.locales a[aria-current] { color: var(--ink); font-weight: 600; }
main { max-width: 48rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
.crumbs { font-size: .875rem; }
.crumbs span { margin: 0 .4rem; color: var(--soft); }
.title { margin: .75rem 0 .25rem; line-height: 1.25; }
.lead, .note, footer { color: var(--soft); }
.note { font-size: .875rem; }
section, article { margin-top: 1rem; padding: 1rem 1.25rem; background: #fff; border: 1px solid var(--line); border-radius: .5rem; }
section h2 { margin: 0; font-size: 1.1rem; }
section p { margin: .25rem 0; color: var(--soft); }
section ul { margin: .5rem 0 0; padding-inline-start: 1.25rem; }
section:empty { display: none; }
article { overflow-wrap: break-word; }
article h1 { font-size: 1.5rem; }
article h2 { font-size: 1.25rem; }
article h3 { font-size: 1.1rem; }
article h1, article h2, article h3, article h4 { margin: 1rem 0 .5rem; line-height: 1.3; }
article p.no-margin { margin: 0; min-height: 1.6em; }
article img { max-width: 100%; height: auto; }
article pre { overflow-x: auto; padding: .75rem; background: #f1f3f5; border-radius: .375rem; }
article table { width: 100%; border-collapse: collapse; }
article td { padding: .4rem .6rem; border: 1px solid var(--line); vertical-align: top; }
.intercom-interblocks-table-container { overflow-x: auto; }
.intercom-interblocks-callout { margin: .75rem 0; padding: .75rem 1rem; border: 1px solid; border-radius: .375rem; }
.intercom-align-center { text-align: center; }
.intercom-align-right { text-align: right; }
.intercom-align-justify { text-align: justify; }
.intercom-h2b-button { display: inline-block; padding: .5rem 1rem; background: var(--accent); color: #fff; border-radius: .375rem; }
.intercom-h2b-video iframe { width: 100%; aspect-ratio: 16 / 9; border: 0; }
footer { padding: 1rem; text-align: center; font-size: .8rem; }
`
