// The same objects under names that ECMAScript modules can import: one instance
// of each class, however it was loaded.
import roocodeModule from './index.js';

export const {
  APIConnectionError,
  APIPromise,
  APITimeoutError,
  AuthenticationError,
  BadRequestError,
  BudgetExceededError,
  ConfigurationError,
  ContentPolicyError,
  ContextWindowExceededError,
  InternalError,
  InternalServerError,
  NoTargetAvailableError,
  NotFoundError,
  OverloadedError,
  PermissionDeniedError,
  QuotaExceededError,
  RateLimitError,
  RequestCancelledError,
  ResponseDecodeError,
  Roocode,
  RoocodeError,
  Stream,
  StreamInterruptedError,
  propensities,
  replay,
  roocode,
  version,
} = roocodeModule;

export default Roocode;
