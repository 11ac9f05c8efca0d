package check

import (
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// reportReads are the files in which a project may say how vulnerabilities are reported, the most telling first.
var reportReads = []string{
	"security{,.md,.markdown,.rst,.txt,.adoc,.asciidoc,.html}",
	".{github,gitlab,gitea,forgejo}/security{,.md,.markdown,.rst,.txt,.adoc,.html}",
	"{docs,doc,documentation}/security{,.md,.markdown,.rst,.txt,.adoc,.html}",
	"{,.github/,docs/}security[-_.]*.{md,rst,txt,adoc}",
	"{,.github/,docs/}{vulnerab,disclosure,responsible,coordinated,reporting}*.{md,rst,txt,adoc}",
	"{,.github/,docs/}{sicherheit,securite,sécurité,seguridad,bezpiecze}*.{md,rst,txt,adoc}",
	"security_contacts",
	"{bugs,reporting-bugs,reporting_bugs,support}{,.md,.rst,.txt,.adoc}",
	"**/security.txt",
	"{docs,doc,documentation}/**/*{security,vulnerab,disclosure}*.{md,rst,txt,adoc,html}",
	"{website,site,www,wiki,content,pages}/**/*{security,vulnerab,disclosure}*.{md,rst,adoc}",
	"{,.github/,docs/}readme{,.md,.markdown,.rst,.txt,.adoc,.html}",
	"{,.github/,docs/}{contributing,contribute}{,.md,.markdown,.rst,.txt,.adoc,.html}",
	"{docs,doc,documentation}/**/contribut*.{md,rst,txt,adoc}",
	".github/issue_template/config.{yml,yaml}",
	"{,.github/,.gitlab/}security-insights.{yml,yaml}",
}

// reportFollows are the files that those may point to.
var reportFollows = []string{"**/*{security,vulnerab,disclos,report}*.{md,markdown,rst,txt,adoc,html}"}

// reportText is a stretch of a document that speaks of reports of vulnerabilities to the project.
type reportText struct {
	*Doc
	blocks []*document.Block
	policy bool // it is a whole security policy, not a part of another document
	titled bool // a heading on security stands above it
}

// reportTexts returns the passages of the declared documents, the most telling documents first. A document may be named for
// security and be about something else, or speak of vulnerabilities that the program handles: what counts are words that tell the
// reader whom to tell.
func (v *View) reportTexts() []reportText {
	return memo(v, "reports", repo.Files|repo.Inherited, v.Docs, v.readReportTexts)
}

func (v *View) readReportTexts() []reportText {
	var out []reportText
	for _, d := range v.Docs {
		base := strings.ToLower(path.Base(d.Path))
		if base == "security.txt" || inTemplates.MatchString(d.Path) || strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".yaml") || keyFile(base) {
			continue
		}
		doc := d.Document()
		short := len(doc.Blocks) <= shortPolicy && policyName.MatchString(base)
		if isPolicy(d.Path) && (short || inForgesPlace(d.Path) && asksForReports(part(doc, 0))) {
			out = append(out, reportText{Doc: d, blocks: filled(part(doc, 0)), policy: true})
			continue
		}
		out = append(out, reportTextsOf(d)...)
	}
	return out
}

// inTemplates matches what a web application fills in and shows on the site of whoever runs it.
var inTemplates = pattern.New(`(?i)(^|/)templates?/`)

// policyName matches the names of files that are policies without saying so.
var policyName = pattern.New(`^(security|sicherheit|securite|sécurité|seguridad|bezpiecze\pL*)([-_.](policy|contacts?|txt))?(\.[a-z]+)*$`)

// shortPolicy is up to how many blocks a file in a policy's place is one without saying so. A longer one in the documentation
// is often a guide for users, of which a section is about reports.
const shortPolicy = 12

// label names the file as a reason does.
func (d *Doc) label() string {
	switch {
	case d.Inherited:
		return "the owner's " + d.Path
	case d.site != "":
		return d.site
	}
	return d.Path
}

// aboutMore matches the names of documents of which reports of vulnerabilities are a part.
var aboutMore = pattern.New(`^(readme|contribut|bugs|reporting[-_]bugs|support)`)

// isPolicy reports whether a file stands where people look for a security policy.
func isPolicy(file string) bool {
	base := strings.ToLower(path.Base(file))
	return (inForgesPlace(file) || slices.Contains([]string{"docs", "doc", "documentation"}, strings.ToLower(path.Dir(file)))) &&
		!aboutMore.MatchString(base)
}

// inForgesPlace reports whether a file stands at the root or in the folder for the forge.
func inForgesPlace(file string) bool {
	return slices.Contains([]string{".", ".github", ".gitlab", ".gitea", ".forgejo"}, strings.ToLower(path.Dir(file)))
}

// reportTextsOf finds the sections on security that ask for reports, and elsewhere the blocks that do, each with what follows it.
func reportTextsOf(d *Doc) []reportText {
	doc := d.Document()
	var out []reportText
	taken := map[*document.Block]bool{}
	for i := 1; i < len(doc.Sections); i++ {
		under := doc.Under(i)
		if taken[under[0]] || !document.Security.IsAbout(doc.Sections[i].Heading) || !asksForReports(under) {
			continue
		}
		for _, b := range under {
			taken[b] = true
		}
		out = append(out, reportText{Doc: d, blocks: filled(under), titled: true})
	}
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		if taken[b] || b.Kind == document.Heading || b.Kind == document.Code || !asksForReports([]*document.Block{b}) {
			continue
		}
		blocks := []*document.Block{b}
		// A block that ends in a colon announces the next one.
		for j := i + 1; j < len(doc.Blocks) && doc.Blocks[j].Section == b.Section && strings.HasSuffix(blocks[len(blocks)-1].Text, ":"); j++ {
			blocks = append(blocks, &doc.Blocks[j])
		}
		for _, b := range blocks {
			taken[b] = true
		}
		out = append(out, reportText{Doc: d, blocks: filled(blocks)})
	}
	return out
}

// Words for a flaw of security, and for telling somebody of it, in English, German, French, Spanish and Polish.
var (
	flawWords = []string{
		"vulnerabilit*", "security issue*", "security bug*", "security problem*", "security flaw*", "security hole*", "security concern*", "security weakness*",
		"security defect*", "security relevant", "security report*", "security matter*", "security related", "security sensitive", "security finding*",
		"security implication*", "security impact", "security exploit*", "security researcher*", "security disclosure*", "security question*",
		"sicherheitslücke*", "schwachstelle*", "sicherheitsproblem*", "sicherheitsrelevant*",
		"vulnérabilité*", "faille*", "problème* de sécurité", "vulnerabilidad*", "fallo* de seguridad", "problema* de seguridad",
		"podatnoś*", "luk* bezpieczeństwa", "luk* w zabezpieczeniach", "błęd* bezpieczeństwa", "błąd* bezpieczeństwa",
	}
	tellWords = []string{
		"report*", "disclose", "disclosing", "contact*", "email*", "e-mail*", "mail*", "write to", "write us", "reach out", "reach us", "notify",
		"inform", "tell us", "let us know",
		"send", "submit*", "get in touch", "alert us", "alert the", "reached at", "please use",
		"meld*", "gemeldet*", "kontakt*", "schreib*", "wend*", "signaler", "signalez", "signalement*", "rapporte*", "écri*", "envoy*", "informar",
		"informe*", "notificar", "notifique*", "comunicar*", "comunique*", "comuníque*",
		"enviar", "envíe*", "envia*", "envie*", "escrib*", "zgł*", "napisz*", "prosimy",
	}
	// productWords tell of what the program does for its users, not of the project.
	productWords = []string{"allow*", "enable*", "support* for", "platform", "search*", "browse", "feed*", "database*", "scan*", "detect*",
		"users can", "plugin*", "module*", "dashboard*"}
)

// asksForReports reports whether the blocks tell the reader to report flaws of security: a heading does, or a sentence, alone or
// with the next one.
func asksForReports(blocks []*document.Block) bool {
	for _, b := range blocks {
		if b.Kind == document.Heading {
			if document.HasWords(b.Text, flawWords...) && document.HasWords(b.Text, "report*", "melden", "meldung*", "signaler", "informar", "reportar", "zgłaszanie") {
				return true
			}
			continue
		}
		if b.Kind == document.Code || !document.HasWords(b.Text, flawWords...) {
			continue
		}
		sentences := b.Sentences()
		for i := range sentences { // an address or a title asks for nothing, whatever its words are
			sentences[i].Text = urlText.ReplaceAllString(withoutTitles(sentences[i].Text, b.Links), " ")
		}
		for i, s := range sentences {
			if !document.HasWords(s.Text, flawWords...) || document.HasWords(s.Text, productWords...) {
				continue
			}
			if document.HasWords(s.Text, tellWords...) || i+1 < len(sentences) && document.HasWords(sentences[i+1].Text, tellWords...) {
				return true
			}
		}
	}
	return false
}

// titleLength is from how many words on the text of a link is the title of what it leads to, which asks nothing of the reader.
const titleLength = 8

// withoutTitles returns a sentence without the titles of other texts that it links.
func withoutTitles(sentence string, links []document.Link) string {
	for _, l := range links {
		if len(strings.Fields(l.Text)) >= titleLength {
			sentence = strings.Replace(sentence, l.Text, "", 1)
		}
	}
	return sentence
}

// templateWords stand in the security policy that GitHub offers to fill in, and templateVersions in its table.
var (
	templateWords    = []string{"use this section to tell people", "tell them where to go how often", "tell them where to go"}
	templateVersions = []string{"5.1.x", "5.0.x", "4.0.x"}
)

// filled leaves out the parts that a project took over from the forge's template without filling them in.
func filled(blocks []*document.Block) []*document.Block {
	template := map[int]bool{}
	versions := map[int]int{}
	for _, b := range blocks {
		if document.HasWords(b.Text, templateWords...) {
			template[b.Section] = true
		}
		for _, ver := range templateVersions {
			if b.Kind == document.Cell && strings.HasPrefix(b.Text, ver) {
				versions[b.Section]++
			}
		}
	}
	var out []*document.Block
	for _, b := range blocks {
		if !template[b.Section] && versions[b.Section] < len(templateVersions) {
			out = append(out, b)
		}
	}
	return out
}

// isTemplate reports whether nothing but headings is left of a document without the parts of the template.
func (p *reportText) isTemplate() bool {
	for _, b := range p.blocks {
		if b.Kind != document.Heading {
			return false
		}
	}
	return len(p.blocks) < len(p.Document().Blocks)
}
