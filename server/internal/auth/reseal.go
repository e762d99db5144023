package auth

import (
	"context"
	"errors"
	"fmt"

	"hindsight/incident"
)

// Reseal seals the secrets of all second factors again, with the first key, and returns of how many. Those that cannot be
// opened are left as they are and named in the error.
func (f *Factors) Reseal(ctx context.Context) (int, error) {
	return f.eachSealed(ctx, func(factor incident.SecondFactor) error {
		_, err := f.change(ctx, factor.User, func(now *incident.SecondFactor) error {
			secret, err := f.safe.Open(now.Secret, string(now.User))
			if err == nil {
				now.Secret, err = f.safe.Seal(secret, string(now.User))
			}
			return err
		}, nil)
		return err
	})
}

// CheckSecrets opens the secrets of all second factors and returns how many can be. The error names the others.
func (f *Factors) CheckSecrets(ctx context.Context) (int, error) {
	return f.eachSealed(ctx, func(factor incident.SecondFactor) error {
		_, err := f.safe.Open(factor.Secret, string(factor.User))
		return err
	})
}

// eachSealed calls do with every second factor that has a secret, and returns how often it went well.
func (f *Factors) eachSealed(ctx context.Context, do func(incident.SecondFactor) error) (n int, err error) {
	all, err := f.store.SecondFactors(ctx)
	for _, factor := range all {
		if len(factor.Secret) == 0 {
			continue
		}
		if failed := do(factor); failed != nil {
			err = errors.Join(err, fmt.Errorf("second factor of user %s: %w", factor.User, failed))
		} else {
			n++
		}
	}
	return n, err
}
