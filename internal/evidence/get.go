package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// errType says that an answer is not of the type that was asked for.
var errType = errors.New("another type of content")

// gone reports whether an error says that there is nothing at an address, or nothing for us.
func gone(err error) bool {
	var status outbound.StatusError
	if !errors.As(err, &status) {
		return errors.Is(err, errType)
	}
	switch int(status) {
	case http.StatusNotFound, http.StatusGone, http.StatusUnauthorized, http.StatusForbidden, http.StatusNoContent, http.StatusBadRequest:
		return true
	}
	return false
}

// get returns what is below the base of a door, at most so many bytes, if the type of its content is as wanted.
func get(ctx context.Context, door *outbound.API, path string, limit int64, wanted func(contentType string) bool) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, door.Base().String()+path, nil)
	if err != nil {
		return nil, err
	}
	return send(door, r, limit, wanted)
}

// post sends a question in JSON, and reads the answer into a value.
func post(ctx context.Context, door *outbound.API, path string, question, into any) error {
	text, err := json.Marshal(question)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, door.Base().String()+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	body, err := send(door, r, outbound.AnswerLimit, anyType)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func send(door *outbound.API, r *http.Request, limit int64, wanted func(contentType string) bool) ([]byte, error) {
	answer, err := door.Client().Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode != http.StatusOK:
		return nil, outbound.StatusError(answer.StatusCode)
	case !wanted(answer.Header.Get("Content-Type")):
		return nil, errType
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	if err == nil && int64(len(body)) > limit {
		return nil, outbound.ErrTooLarge
	}
	return body, err
}

func anyType(string) bool { return true }

// gapOf says why a fact is missing.
func gapOf(ctx context.Context, err error) (repo.Gap, string) {
	var status outbound.StatusError
	var refused *outbound.RefusedError
	switch {
	case errors.Is(err, outbound.ErrLimited):
		return repo.Limited, "the service wants to be left alone for a while"
	case errors.As(err, &refused):
		return repo.Denied, refused.Error()
	case errors.As(err, &status):
		return repo.Failed, "the service answered with " + status.Error()
	case ctx.Err() != nil:
		return repo.Late, "the service did not answer in time"
	case errors.Is(err, outbound.ErrTooLarge):
		return repo.TooLarge, "the answer of the service is too large"
	case errors.Is(err, outbound.ErrUnresolved):
		return repo.Absent, "the host has no address"
	}
	return repo.Failed, "the service cannot be reached, or its answer cannot be read"
}

// openSite returns the door to a path of a project's site, if it may be contacted.
func (c *client) openSite(host, path string) (*outbound.API, error) {
	if err := c.chain.admit(host); err != nil {
		return nil, err
	}
	return c.open("https://"+host+path, false)
}

// admit says whether a site may be contacted. Sites have names, and the usual port.
func (c *Chain) admit(host string) error {
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") || strings.ContainsAny(host, ":/@?#[]") {
		return &outbound.RefusedError{Host: host, Reason: "it is not the name of a public host"}
	}
	for _, domain := range c.Sites {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return nil
		}
	}
	if c.AnySite && c.Proxy == nil {
		return nil
	}
	return &outbound.RefusedError{Host: host, Reason: "it is in no domain that --site names"}
}
