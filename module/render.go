package module

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/repo"
)

// relationship is how our object relates to the attribute that was asked about.
const relationship = "characterizes"

// Renderer turns reports into MISP objects. Its fields are set once, before use.
type Renderer struct {
	Hosts    *repo.Hosts
	Tags     Tags
	Operator string // who runs the service, named in the object's comment; may be empty
}

// Object returns the object about a report, with a reference to the element of the uuid, if one is given. Apart from
// uuids, which are new each time, the same report gives the same object.
func (r *Renderer) Object(report *assess.Report, referenced string) misp.Object {
	return r.objectOf(report, origin{}, referenced)
}

func (r *Renderer) objectOf(report *assess.Report, found origin, referenced string) misp.Object {
	p := r.page(report)
	p.origin = found
	o := r.object(TemplateDescription)
	o.Comment = r.comment(p)
	o.FirstSeen = misp.FirstSeen(p.Snapshot.CommitTime)
	carrier := 0 // of the tags: the repository, or the verdict about a directory, which has no address
	for i := range Relations {
		rel := &Relations[i]
		if rel.values == nil {
			continue
		}
		for _, e := range rel.values(p) {
			if rel.Name == repositoryLink {
				carrier = len(o.Attributes)
			}
			o.Attributes = append(o.Attributes, misp.Attribute{
				UUID: misp.NewUUID(), Relation: rel.Name, Type: rel.Type, Category: rel.Category(), Value: e.value,
				DisableCorrelation: !rel.Correlates, Distribution: misp.Inherit, Comment: e.comment,
			})
		}
	}
	o.Attributes[carrier].Tags = r.Tags.tags(report)
	if referenced != "" {
		o.References = []misp.Reference{{ObjectUUID: o.UUID, ReferencedUUID: referenced, Relationship: relationship}}
	}
	return o
}

func (r *Renderer) page(report *assess.Report) *page {
	s := report.Snapshot
	d := s.Inherited.Value
	return &page{Report: report, links: r.Hosts.Links(s.Ref, s.Name), defaults: r.Hosts.Links(d.Ref, d.Name)}
}

func (r *Renderer) object(description string) misp.Object {
	return misp.Object{
		UUID: misp.NewUUID(), Name: TemplateName, MetaCategory: MetaCategory, Description: description,
		TemplateUUID: TemplateUUID, TemplateVersion: strconv.Itoa(TemplateVersion), Distribution: misp.Inherit,
	}
}

// comment says what was assessed: what changes without a verdict stands here, because MISP does not compare comments.
func (r *Renderer) comment(p *page) string {
	s := p.Snapshot
	text := "Assessed at commit " + s.Commit
	if !s.CommitTime.IsZero() {
		text += " of " + s.CommitTime.Format(time.RFC3339)
	}
	text += fmt.Sprintf(", nearest version %s, criteria %s, by misp-csirt-tooling", cmp.Or(misp.Text(p.Version, maxName/2), "none"), check.Version)
	if r.Operator != "" {
		text += " of " + misp.Text(r.Operator, maxName/2)
	}
	return strings.TrimSuffix(text+". "+p.origin.found, " ")
}
