package auth

import (
	"context"
	"time"

	"hindsight/incident"
)

// limits are those that a guess at a password counts against. A browser that the user has signed in from before is not
// kept waiting by what others guess elsewhere.
func (s *Service) limits(ctx context.Context, user *incident.User, name string, v Visit) ([]limit, error) {
	limits := passwords(name, v.Address)
	if user != nil && v.Device != "" {
		if known, err := s.store.KnownDevice(ctx, user.ID, Hash(v.Device)); err != nil || known {
			return limits, err
		}
	}
	return append(limits, anywhere(name)), nil
}

// Remember makes a browser known as a user's and returns the secret that it keeps: the one that it has, if that is the
// user's already.
func (s *Service) Remember(ctx context.Context, user incident.ID, device string) (string, error) {
	if device != "" {
		known, err := s.store.KnownDevice(ctx, user, Hash(device))
		if err != nil {
			return "", err
		}
		if !known {
			device = ""
		}
	}
	if device == "" {
		device = NewSecret()
	}
	_, err := s.store.Update(ctx, func(tx incident.Tx) error { return tx.PutDevice(user, Hash(device), s.now().UTC()) })
	return device, err
}

// TryLogout returns how long an address has to wait before its next logout token is looked at; 0: it is looked at now.
func (s *Service) TryLogout(from string) time.Duration { return s.throttle.try(logouts(from)...) }

// LogoutWasValid forgives what TryLogout counted.
func (s *Service) LogoutWasValid(from string) { s.throttle.succeeded(logouts(from)...) }
