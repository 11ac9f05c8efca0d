package outbound

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// StatusError is an answer with this status where content was asked for.
type StatusError int

// Error implements error.
func (e StatusError) Error() string { return fmt.Sprintf("status %d", int(e)) }

// Get asks for a path below the base, which is escaped already, and decodes the answer, which is JSON and nothing else. The error is a
// StatusError if there is an answer with another status than 200, else one of the client's, ErrTooLarge among them, or of the decoder's.
func (a *API) Get(ctx context.Context, path string, query url.Values, into any) error {
	u := a.base.String() + strings.TrimPrefix(path, "/")
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	answer, err := a.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return StatusError(answer.StatusCode)
	}
	text, err := io.ReadAll(answer.Body) // which is bounded, and read to its end lets the connection serve again
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
