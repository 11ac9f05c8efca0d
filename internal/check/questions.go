package check

import "misp-csirt-tooling/internal/repo"

// Questions returns what the checks would like to know elsewhere about a snapshot. It is for whoever collects, as Wanted is.
func (r *Reading) Questions(s *repo.Snapshot) repo.Questions {
	r.begin(s.Files.Value)
	return view(s, r.tree, r.lib, securityContactKey).keyQuestions()
}

// keyQuestions asks for the keys whose fingerprints stand with the contact for reports, for those in the tree, which may have been
// revoked since, and for the keys of the contacts' addresses.
func (v *View) keyQuestions() repo.Questions {
	passages, contacts := v.reportTexts(), v.reportAddresses()
	mentions := v.keyMentions(passages, contacts)
	q := repo.Questions{Addresses: contacts}
	for _, m := range mentions {
		if m.tied && m.fingerprint != "" {
			q.Fingerprints = append(q.Fingerprints, m.fingerprint)
		}
	}
	for _, k := range v.foundKeys(passages, contacts, mentions) {
		if k.tie != "" && !k.release {
			q.Fingerprints = append(q.Fingerprints, k.Fingerprints[0])
		}
	}
	return q
}
