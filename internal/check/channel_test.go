package check

import (
	"testing"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/repo"
)

// policyOf makes a security policy of a text.
func policyOf(text string) *reportText {
	d := &Doc{File: &repo.File{Path: "SECURITY.md", Text: repo.Known(text)}, lib: new(library)}
	return &reportText{Doc: d, blocks: filled(part(document.Parse(d.Path, text), 0)), policy: true}
}

// TestChannels reads the ways in which policies ask for reports.
func TestChannels(t *testing.T) {
	const none = "none"
	kinds := map[channelKind]string{mailbox: "mailbox", privateForm: "form", programme: "programme", contactPage: "page", personal: "personal", policyLink: "link", publicTracker: "tracker"}
	for _, c := range []struct{ text, want string }{
		{"Please email security@tool.example to report a vulnerability.", "mailbox security@tool.example"},
		{"To report a security issue, please email [security@tool.example](mailto:security@tool.example).", "mailbox security@tool.example"},
		{"If you discover a vulnerability, please send an e-mail to security AT tool DOT example.", "mailbox security@tool.example"},
		{"Report vulnerabilities to <security&#64;tool.example>.", "mailbox security@tool.example"},
		{"Report vulnerabilities to `security@tool.example`.", "mailbox security@tool.example"},
		{"| Contact | security@tool.example |\n| --- | --- |\n| Language | English |", "mailbox security@tool.example"},
		{"You may report a vulnerability privately by email (security@tool.example) or, for things that are no vulnerability, on the [tracker](https://github.com/o/p/issues).", "mailbox security@tool.example"},
		{"Do not report vulnerabilities through public issues; mail security@tool.example.", "mailbox security@tool.example"},
		{"Instead of opening an issue, write to security@tool.example about vulnerabilities.", "mailbox security@tool.example"},
		{"For general questions contact info@tool.example.", none},
		{"Please do not mail vulnerabilities to support@tool.example.", none},
		{"Please report security vulnerabilities via GitHub's [private vulnerability reporting](https://docs.github.com/en/code-security/security-advisories/guidance-on-reporting-and-writing-information-about-vulnerabilities/privately-reporting-a-security-vulnerability).", "form"},
		{"Use the [Security tab](https://github.com/o/p/security/advisories/new) of this repository.", "form"},
		{"Please report security issues by opening a draft security advisory.", "form"},
		{"Go to the Security tab and click \"Report a vulnerability\".", "form"},
		{"Open a confidential issue on GitLab.", "form"},
		{"We do not use private vulnerability reporting.", none},
		{"To report a security vulnerability, please use the [Tidelift security contact](https://tidelift.com/security).", "programme"},
		{"Please report to our programme on [HackerOne](https://hackerone.com/tool).", "programme"},
		{"Report security issues to the [Security Response Center](https://msrc.microsoft.com/create-report).", "programme"},
		{"Please contact the [CERT team](https://cert.example/en/) about vulnerabilities.", "page"},
		{"Submit vulnerabilities with the [contact form](https://tool.example/contact).", "page"},
		{"See our [security policy](https://tool.example/security) on how to report vulnerabilities.", "link"},
		{"Read https://tool.example/security-policy before you report a vulnerability.", "link"},
		{"Message @maintainer on Mastodon to report a vulnerability.", "personal"},
		{"Report vulnerabilities by a direct message on [Discord](https://discord.gg/abc).", "personal"},
		{"Please open an issue to report a vulnerability.", "tracker"},
		{"Report vulnerabilities [here](https://github.com/o/p/issues/new).", "tracker"},
		{"Please do not open an issue to report a vulnerability.", none},
		{"Please report vulnerabilities to the maintainers in private.", none},
		{"Melden Sie Schwachstellen nicht öffentlich, sondern an sicherheit@tool.example.", "mailbox sicherheit@tool.example"},
		{"Ne signalez pas les vulnérabilités publiquement mais à securite@tool.example.", "mailbox securite@tool.example"},
		{"No abra un issue: informe de las vulnerabilidades a seguridad@tool.example.", "mailbox seguridad@tool.example"},
		{"Podatności prosimy zgłaszać na adres cert@tool.example.", "mailbox cert@tool.example"},
	} {
		got := none
		if best := bestChannel(policyOf("# Security\n\n" + c.text + "\n").channels()); best != nil {
			if got = kinds[best.kind]; best.kind == mailbox {
				got += " " + best.name
			}
		}
		if got != c.want {
			t.Errorf("%s\ngot %s, want %s", c.text, got, c.want)
		}
	}
}

// TestPromises reads what policies say of the fate of a report.
func TestPromises(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"You can expect a response within 48 hours.", "answer time"},
		{"We'll get back to you as soon as possible (usually in 1-2 days).", "answer time"},
		{"We aim to acknowledge your report within three working days.", "answer time"},
		{"You will receive a reply by the next business day.", "answer time"},
		{"Critical vulnerabilities are fixed within 30 days.", "fix time"},
		{"We usually fix confirmed vulnerabilities in less than 48 hours, followed by a release.", "fix time"},
		{"Only the latest version receives security updates.", "scope"},
		{"This policy applies to all repositories of the organisation.", "scope"},
		{"Reporters are credited in the advisory.", "credit and publication"},
		{"Tell us if and how you want to be acknowledged.", "credit"},
		{"We will list you in our hall of fame.", "credit"},
		{"We publish an advisory once a fix is available.", "publication"},
		{"We ask for an embargo of 90 days before the issue is made public.", "publication"},
		{"Otherwise we will request the CVE.", "identifier assignment"},
		{"Please include steps to reproduce.", ""},
		{"Please do not disclose the issue publicly.", ""},
		{"We do not offer rewards.", ""},
		{"We take security seriously.", ""},
		{"The cache is refreshed after two days.", ""},
		{"Wir antworten innerhalb von 5 Werktagen.", "answer time"},
		{"Nous répondons sous 3 jours.", "answer time"},
	} {
		var names []string
		for _, p := range policyOf("# Security\n\n" + c.text + "\n").promises() {
			names = append(names, p.name)
		}
		if got := enumerate(names); got != c.want {
			t.Errorf("%s\ngot %q, want %q", c.text, got, c.want)
		}
	}
}
