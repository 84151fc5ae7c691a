/** Whatever goes wrong: nothing of the key stands in it. */
export class KenerError extends Error {
  constructor(message, told = {}) {
    super(message, told.cause === undefined ? undefined : { cause: told.cause });
    this.name = new.target.name;
    /** The HTTP status; undefined when no answer came. */
    this.status = told.status;
    /** For programs, like NOT_FOUND; undefined when no answer came. */
    this.code = told.code;
    /** `{ field, code, message }` of each bad field. */
    this.details = told.details ?? [];
    /** By what Kener's log knows the request. */
    this.requestId = told.requestId;
    /** In how many seconds to come again, if that was said. */
    this.retryAfter = told.retryAfter;
  }
}

/** No answer came: nobody is there, the connection broke, or it took too long. */
export class ConnectionError extends KenerError {}
/** An answer came that is none of Kener's, like the error page of a proxy. */
export class UnexpectedAnswer extends KenerError {}
/** A message is not from Kener, was changed, or is too old. */
export class SignatureError extends KenerError {}

export class InvalidRequest extends KenerError {}
export class Unauthorized extends KenerError {}
export class KeyExpired extends Unauthorized {}
export class KeyRevoked extends Unauthorized {}
export class Forbidden extends KenerError {}
export class NotFound extends KenerError {}
export class MethodNotAllowed extends KenerError {}
export class Conflict extends KenerError {}
export class IdempotencyConflict extends Conflict {}
export class PreconditionFailed extends KenerError {}
export class PayloadTooLarge extends KenerError {}
export class UnsupportedMediaType extends KenerError {}
export class RateLimited extends KenerError {}
export class InternalError extends KenerError {}
export class Unavailable extends KenerError {}

const CLASSES = {
  INVALID_REQUEST: InvalidRequest,
  UNAUTHORIZED: Unauthorized,
  KEY_EXPIRED: KeyExpired,
  KEY_REVOKED: KeyRevoked,
  FORBIDDEN: Forbidden,
  NOT_FOUND: NotFound,
  METHOD_NOT_ALLOWED: MethodNotAllowed,
  CONFLICT: Conflict,
  IDEMPOTENCY_CONFLICT: IdempotencyConflict,
  PRECONDITION_FAILED: PreconditionFailed,
  PAYLOAD_TOO_LARGE: PayloadTooLarge,
  UNSUPPORTED_MEDIA_TYPE: UnsupportedMediaType,
  RATE_LIMITED: RateLimited,
  INTERNAL_ERROR: InternalError,
  UNAVAILABLE: Unavailable,
};

/** The error that an answer tells of. A code that we do not know yet is a KenerError. */
export function refusal(response, body, retryAfter) {
  const error = body?.error;
  const told = {
    status: response.status,
    requestId: response.headers.get("X-Request-Id") ?? undefined,
    retryAfter,
  };
  if (typeof error?.code !== "string") {
    return new UnexpectedAnswer(`HTTP ${response.status}, and not in Kener's words`, told);
  }
  const Refusal = Object.hasOwn(CLASSES, error.code) ? CLASSES[error.code] : KenerError;
  return new Refusal(error.message, { ...told, code: error.code, details: error.details });
}
