package kener

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
)

// answer is what came back for a request of this name.
type answer struct {
	name   string
	status int
	header http.Header
	body   []byte
}

// List is one part of a list.
type List[T any] struct {
	// Items are the rows of this part, never more than Limit.
	Items []T
	Limit int
	// Next is the Cursor of the next part; empty at the end.
	Next string
	// Total is how many rows there are in all parts; nil where nobody counts.
	Total *int
}

type envelope[T any] struct {
	Success    bool `json:"success"`
	Data       *T   `json:"data"`
	Pagination struct {
		Limit int     `json:"limit"`
		Next  *string `json:"next"`
		Total *int    `json:"total"`
	} `json:"pagination"`
}

func opened[T any](got *answer) (*envelope[T], error) {
	var found envelope[T]
	if err := json.Unmarshal(got.body, &found); err != nil || !found.Success || found.Data == nil {
		return nil, got.unexpected()
	}
	return &found, nil
}

func (a *answer) unexpected() *Error {
	return &Error{
		Status:    a.status,
		Code:      ErrUnexpectedAnswer,
		Message:   "the answer is none of Kener's",
		RequestID: a.header.Get("X-Request-Id"),
		name:      a.name,
	}
}

// one sends a request whose answer holds one thing.
func one[T any](ctx context.Context, c *core, wanted request, options []Option) (*T, error) {
	got, err := c.do(ctx, wanted, options)
	if err != nil {
		return nil, err
	}
	found, err := opened[T](got)
	if err != nil {
		return nil, err
	}
	return found.Data, nil
}

// none sends a request whose answer says nothing but that it was done.
func none(ctx context.Context, c *core, wanted request, options []Option) error {
	got, err := c.do(ctx, wanted, options)
	if err != nil {
		return err
	}
	var found struct {
		Success bool `json:"success"`
		OK      bool `json:"ok"` // of /api/push, which answers as Uptime Kuma does
	}
	if err := json.Unmarshal(got.body, &found); err != nil || !(found.Success || found.OK) {
		return got.unexpected()
	}
	return nil
}

// list sends a request whose answer is a part of a list.
func list[T any](ctx context.Context, c *core, wanted request, options []Option) (*List[T], error) {
	got, err := c.do(ctx, wanted, options)
	if err != nil {
		return nil, err
	}
	found, err := opened[[]T](got)
	if err != nil {
		return nil, err
	}
	part := &List[T]{Items: *found.Data, Limit: found.Pagination.Limit, Total: found.Pagination.Total}
	if found.Pagination.Next != nil {
		part.Next = *found.Pagination.Next
	}
	return part, nil
}

// all goes through a list, from the cursor that is asked for, part by part. After an error it ends.
func all[T any](ctx context.Context, c *core, wanted request, options []Option) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		next := wanted
		for {
			part, err := list[T](ctx, c, next, options)
			if err != nil {
				var nothing T
				yield(nothing, err)
				return
			}
			for _, each := range part.Items {
				if !yield(each, nil) {
					return
				}
			}
			if part.Next == "" {
				return
			}
			if part.Next == next.query.Get("cursor") {
				var nothing T
				yield(nothing, fmt.Errorf("%w: %s: the list does not go on", ErrUnexpectedAnswer, wanted.name()))
				return
			}
			next = next.at(part.Next)
		}
	}
}
