package check

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
)

// channelKind is a way to tell a project of a vulnerability, the best first.
type channelKind uint8

const (
	mailbox       channelKind = iota // an address
	privateForm                      // the forge's private report or confidential issue
	programme                        // a coordinator or bounty programme
	contactPage                      // a page of whom the text names
	personal                         // a person's handle, or social media
	policyLink                       // a page said to tell more
	publicTracker                    // the public tracker
)

// channel is a way to tell, with the place that names it.
type channel struct {
	kind channelKind
	name string // as a reason shows it
	line int
	*reportText
}

// private reports whether the channel reaches somebody without the public reading along.
func (k channelKind) private() bool { return k <= contactPage }

// bestChannel returns the best channel of the first document that names a private one, else the best of all.
func bestChannel(channels []channel) *channel {
	var best *channel
	for i := range channels {
		c := &channels[i]
		switch {
		case best == nil, c.kind.private() && !best.kind.private(),
			c.kind < best.kind && (!best.kind.private() || c.Doc == best.Doc):
			best = c
		}
	}
	return best
}

// channels finds the ways to tell that a text about reports names.
func (p *reportText) channels() []channel {
	var out []channel
	asked := p.policy // in another document what stands before the request is about something else
	for _, b := range p.blocks {
		asked = asked || asksForReports([]*document.Block{b})
		if !asked {
			continue
		}
		links := b.Links
		for _, s := range b.Sentences() {
			var own []document.Link
			own, links = sentenceLinks(s, links)
			if !p.policy && document.HasWords(s.Text, productWords...) {
				continue
			}
			for _, c := range sentenceChannels(s, own) {
				// Elsewhere than in a text on security, a page where vulnerabilities are reported may be what the program is about.
				if !p.policy && !p.titled && c.kind > privateForm && c.kind.private() && !document.HasWords(s.Text, ownWords...) {
					continue
				}
				if !p.policy && c.kind == policyLink && !document.HasWords(c.name, "security", "vulnerab*", "disclos*", "polic*", "advisor*") {
					continue
				}
				out = append(out, channel{c.kind, c.name, cmp.Or(c.line, s.Line), p})
			}
		}
	}
	return out
}

// sentenceLinks splits off the links that stand in a sentence.
func sentenceLinks(s document.Sentence, links []document.Link) (own, rest []document.Link) {
	for i, l := range links {
		if l.Image {
			continue
		}
		if !strings.Contains(s.Text, l.Text) {
			return own, links[i:]
		}
		own = append(own, l)
	}
	return own, nil
}

// Words that turn a sentence, or the clause they stand in, away from what it names.
var (
	negations = []string{"do not", "don't", "dont", "never", "not", "avoid", "refrain", "nicht", "kein*", "niemals", "ne pas",
		"n'ouvrez pas", "no", "nunca", "nie"}
	insteadOf   = []string{"instead of", "rather than", "over", "statt", "anstatt", "au lieu de", "en lugar de", "en vez de", "zamiast"}
	otherTopics = []string{"other question*", "general question*", "general inquir*", "other inquir*", "other issue*", "non-security",
		"not security", "commercial support", "licensing", "code of conduct", "conduct",
		"feature request*", "sales", "press", "jobs", "upstream", "their own", "respective", "third-party vendor*"}
)

// ownWords tell that a sentence is about the project itself.
var ownWords = []string{"us", "our", "we", "please", "this project", "this repository", "this software", "this tool", "privately", "responsibly", "in private"}

// clause returns the part of a sentence around an offset, between the words that turn it.
func clause(text string, pos int) string {
	start, end := 0, len(text)
	for _, turn := range []string{", but ", " but ", "; ", ": ", ", instead", " instead, ", ", please ", " – ", " — ", ", and ", " sondern ",
		" mais ", " sino ", " lecz ", " ale "} {
		for i := strings.Index(text, turn); i >= 0; {
			if at := i + len(turn); at <= pos {
				start = max(start, at)
			} else if i >= pos {
				end = min(end, i)
			}
			next := strings.Index(text[i+1:], turn)
			if next < 0 {
				break
			}
			i += 1 + next
		}
	}
	return text[start:end]
}

// Bounds on what is weighed of one sentence. People write shorter ones; a longer one is a list, or made to keep us busy.
const (
	maxMentions = 50   // addresses, and links, from its start
	maxReach    = 1000 // bytes before and after a mention
)

// turnedDown reports whether a sentence tells the reader not to use what it names at an offset, or to use it for something else.
func turnedDown(text string, pos int) bool {
	start := max(pos-maxReach, 0)
	text, pos = text[start:min(pos+maxReach, len(text))], pos-start
	c := clause(text, pos)
	if before := strings.Index(c, text[pos:min(pos+8, len(text))]); before > 0 {
		c = c[:before]
	}
	instead := document.IndexWords(c, insteadOf...) // up to the next comma: "instead of an issue, write to us"
	return document.HasWords(c, negations...) || instead >= 0 && !strings.Contains(c[instead:], ",") || document.HasWords(clause(text, pos), otherTopics...)
}

func sentenceChannels(s document.Sentence, links []document.Link) []channel {
	var out []channel
	sentence := document.Block{Text: s.Text, Line: s.Line, Links: links}
	addresses := sentence.Addresses()
	for _, a := range addresses[:min(len(addresses), maxMentions)] {
		if !madeUp(a.Mail) && !turnedDown(s.Text, mailOffset(s.Text, a.Mail)) {
			out = append(out, channel{kind: mailbox, name: a.Mail, line: a.Line})
		}
	}
	tells := document.HasWords(urlText.ReplaceAllString(s.Text, " "), tellWords...) // the address of a page tells nobody anything
	for _, l := range links[:min(len(links), maxMentions)] {
		if pos := max(strings.Index(s.Text, l.Text), 0); turnedDown(s.Text, pos) {
			continue
		}
		if kind, ok := linkKind(l, s.Text, tells); ok {
			name := linkName(l)
			if kind == policyLink {
				name = l.Text + " " + l.Target
			}
			out = append(out, channel{kind: kind, name: name, line: l.Line})
		}
	}
	if kind, name, ok := wordChannel(s.Text, tells); ok {
		out = append(out, channel{kind: kind, name: name})
	}
	return out
}

// madeUp reports whether an address is an example's (RFC 2606), a template's, or takes no mail.
func madeUp(mail string) bool {
	_, domain, _ := strings.Cut(mail, "@")
	return domain == "example.com" || domain == "example.net" || strings.HasSuffix(domain, ".noreply.github.com") ||
		strings.HasPrefix(mail, "noreply@") || strings.HasPrefix(mail, "no-reply@") || document.Placeholder(mail) != ""
}

// mailOffset returns about where an address stands in a text, however it is written.
func mailOffset(text, mail string) int {
	lower := strings.ToLower(text)
	if i := strings.Index(lower, mail); i >= 0 {
		return i
	}
	local, _, _ := strings.Cut(mail, "@")
	return max(document.IndexWords(lower, local), 0)
}

// urlText is an address of the web in a text.
var urlText = pattern.New(`https?://\S+`)

// Hosts of programmes and coordinators that take reports, of social media and chats, and of forges' trackers.
var (
	programmeHosts = []string{"hackerone.com", "bugcrowd.com", "intigriti.com", "yeswehack.com", "huntr.com", "huntr.dev", "immunefi.com", "openbugbounty.org",
		"msrc.microsoft.com", "g.co", "bughunters.google.com", "tidelift.com", "kb.cert.org", "vuls.cert.org", "vince.cert.org",
		"zerodayinitiative.com", "standoff365.com"}
	socialHosts = []string{"twitter.com", "x.com", "t.me", "discord.gg", "discord.com", "slack.com", "gitter.im", "matrix.to", "linkedin.com",
		"reddit.com", "facebook.com",
		"mastodon.social", "infosec.exchange", "keybase.io", "app.element.io", "bsky.app"}
	// issuePath matches addresses of public trackers, by their paths on the usual forges.
	issuePath = pattern.New(`(?i)/(issues|discussions|pulls|-/issues|tickets?|bugs?|browse)(/|\?|$)|bugzilla|/jira`)
	// privatePath matches addresses at which a forge takes private reports: GitHub's advisories, GitLab's confidential issues.
	privatePath = pattern.New(`(?i)/security/advisories(/new)?/?$|issue\[confidential\]=true|issue%5Bconfidential%5D=true`)
	// published tells that a list of advisories is named, not a form.
	published = []string{"will be", "published", "publish", "listed", "list of", "see our", "past", "announce*", "subscribe"}
	// pageWords are words of a link to a text, not to somebody.
	pageWords = []string{"polic*", "guideline*", "process", "procedure*", "advisor*", "read", "more", "documentation", "docs", "here", "page",
		"guide", "instructions", "see", "details", "faq", "wiki"}
	// contactPath matches addresses of pages that are made to write to somebody.
	contactPath = pattern.New(`(?i)contact|kontakt|report|vulnerab|disclos|csirt|cert|psirt|bounty|forms?\b`)
)

func hostIn(target string, hosts []string) bool {
	u, err := url.Parse(target)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return slices.ContainsFunc(hosts, func(h string) bool { return host == h || strings.HasSuffix(host, "."+h) })
}

// linkKind says what a link is for the reporter of a vulnerability; no channel at all where the sentence does not ask to tell.
func linkKind(l document.Link, sentence string, tells bool) (channelKind, bool) {
	web := strings.HasPrefix(l.Target, "http://") || strings.HasPrefix(l.Target, "https://")
	switch {
	case privatePath.MatchString(l.Target):
		return privateForm, strings.Contains(l.Target, "/new") || tells && !document.HasWords(sentence, published...)
	case !web && l.Target != "" && !strings.HasPrefix(l.Target, "www."):
		return 0, false // a place in the tree, which is read, or an address
	case hostIn(l.Target, programmeHosts):
		return programme, true
	case hostIn(l.Target, socialHosts):
		return personal, tells
	case issuePath.MatchString(l.Target):
		return publicTracker, tells
	case keyLink(l.Target), document.HasWords(sentence, pgpWords...) && (!tells || holdsKey(l, sentence)):
		return 0, false
	case tells && web && !document.HasWords(l.Text, pageWords...) && addressee(l, sentence):
		return contactPage, true
	case tells && web && contactPath.MatchString(l.Target) && !document.HasWords(l.Text, "polic*", "guideline*", "process", "procedure*"):
		return contactPage, true
	}
	about := document.HasWords(sentence, "polic*", "disclos*", "report*", "advisor*", "vulnerabilit*") ||
		document.HasWords(l.Target, "security", "vulnerability", "disclosure")
	return policyLink, about
}

// keyPlace are the words before the link to where a key is, or to whose key it is.
var keyPlace = pattern.New(`(?i)\b(?:keys?|fingerprints?)\b[^.]{0,60}\b(?:find|found|available|published|obtain\w*|download\w*|retriev\w*|located|listed)\b[^.]{0,20}$` +
	`|\bkeys? (?:of|from) (?:the |our )?$`)

// holdsKey reports whether a sentence says that a key is behind a link.
func holdsKey(l document.Link, sentence string) bool {
	i := strings.Index(sentence, l.Text)
	return i > 0 && keyPlace.MatchString(sentence[:i])
}

// addressee reports whether a link is whom a sentence tells to turn to: "send it to CIRCL", "contact the team".
func addressee(l document.Link, sentence string) bool {
	i := strings.Index(sentence, l.Text)
	if i < 0 || strings.Contains(l.Text, "://") {
		return false
	}
	before := strings.Fields(strings.ToLower(sentence[:i]))
	if n := len(before); n > 0 && slices.Contains([]string{"the", "our", "l'", "le", "la", "den", "das", "die", "do", "el"}, before[n-1]) {
		before = before[:n-1]
	}
	return len(before) > 0 && slices.Contains([]string{"to", "contact", "via", "through", "using", "with", "at", "notify", "inform", "email",
		"an", "kontaktieren", "à", "a", "contacter", "contactar"}, before[len(before)-1])
}

func linkName(l document.Link) string {
	if u, err := url.Parse(l.Target); err == nil && u.Host != "" {
		return strings.TrimPrefix(u.Host, "www.") + strings.TrimSuffix(u.Path, "/")
	}
	return l.Text
}

// handle is an account that is named as on social media: "@example".
var handle = pattern.New(`(^|[\s(])@[A-Za-z][\w-]{2,}`)

// wordChannel finds the ways that need no link.
func wordChannel(text string, tells bool) (channelKind, string, bool) {
	has := func(phrases ...string) bool { return document.HasWords(text, phrases...) }
	ours := has("we will", "we'll", "will create", "will open", "will be", "allow us", "our team will") // what the project does then
	private := !ours && has("privately", "private", "draft", "report a vulnerability", "confidential")
	switch {
	case has("confidential issue*", "confidential ticket*"):
		return privateForm, "confidential issues", true
	case !ours && has("private vulnerability report*", "privately report*", "private security advisor*", "draft security advisor*",
		"private advisor*", "draft advisor*"),
		private && tells && has("security advisor*", "security tab", "advisories tab", "github security advisor*"),
		has("report a vulnerability") && has("button", "tab", "click*"):
		return privateForm, "the forge's private reports", !turnedDown(text, max(document.IndexWords(text, "private*", "draft", "report a vulnerability"), 0))
	case tells && has("twitter", "mastodon", "telegram", "discord", "slack", "linkedin", "direct message", "dm"), tells && handle.MatchString(text):
		return personal, "", !has(negations...)
	case tells && has("issue tracker", "bug tracker", "github issue*", "gitlab issue*", "an issue", "new issue", "issues page", "public issue*", "a ticket"):
		return publicTracker, "", !has(negations...) && !has(insteadOf...)
	}
	return 0, "", false
}
