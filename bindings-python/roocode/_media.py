"""What a client can be asked beside texts: images, audio, and whether something is objectionable."""

from __future__ import annotations

from ._native import (
    IMAGE_EDITS_DOCUMENT,
    IMAGES_DOCUMENT,
    MODERATIONS_DOCUMENT,
    SPEECH_DOCUMENT,
    TRANSCRIPTIONS_DOCUMENT,
    TRANSLATIONS_DOCUMENT,
    NativeClient,
)
from ._resources import _asks, _asks_async, _Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._create import (
        AsyncImageEditsSignature,
        AsyncImagesSignature,
        AsyncModerationsSignature,
        AsyncRawImageEditsSignature,
        AsyncRawImagesSignature,
        AsyncRawModerationsSignature,
        AsyncRawSpeechSignature,
        AsyncRawTranscriptionsSignature,
        AsyncRawTranslationsSignature,
        AsyncSpeechSignature,
        AsyncTranscriptionsSignature,
        AsyncTranslationsSignature,
        ImageEditsSignature,
        ImagesSignature,
        ModerationsSignature,
        RawImageEditsSignature,
        RawImagesSignature,
        RawModerationsSignature,
        RawSpeechSignature,
        RawTranscriptionsSignature,
        RawTranslationsSignature,
        SpeechSignature,
        TranscriptionsSignature,
        TranslationsSignature,
    )
else:

    class _Edits:
        __slots__ = ()

    ImageEditsSignature = AsyncImageEditsSignature = _Edits
    RawImageEditsSignature = AsyncRawImageEditsSignature = _Edits
    ImagesSignature = AsyncImagesSignature = object
    RawImagesSignature = AsyncRawImagesSignature = object
    SpeechSignature = AsyncSpeechSignature = object
    RawSpeechSignature = AsyncRawSpeechSignature = object
    TranscriptionsSignature = AsyncTranscriptionsSignature = object
    RawTranscriptionsSignature = AsyncRawTranscriptionsSignature = object
    TranslationsSignature = AsyncTranslationsSignature = object
    RawTranslationsSignature = AsyncRawTranslationsSignature = object
    ModerationsSignature = AsyncModerationsSignature = object
    RawModerationsSignature = AsyncRawModerationsSignature = object


class RawImagesResource(_Resource, RawImageEditsSignature, RawImagesSignature):
    """The same with the HTTP response of each reply."""

    __slots__ = ()

    if not TYPE_CHECKING:
        generate = _asks("RawImagesResource", "images", IMAGES_DOCUMENT, raw=True, name="generate")
        edit = _asks("RawImageEditsResource", "image_edits", IMAGE_EDITS_DOCUMENT, raw=True, name="edit")


class ImagesResource(_Resource, ImageEditsSignature, ImagesSignature):
    """Makes images, and changes them."""

    __slots__ = ()

    if not TYPE_CHECKING:
        generate = _asks("ImagesResource", "images", IMAGES_DOCUMENT, name="generate")
        edit = _asks("ImageEditsResource", "image_edits", IMAGE_EDITS_DOCUMENT, name="edit")

    @property
    def with_raw_response(self) -> RawImagesResource:
        return RawImagesResource(self._native)


class AsyncRawImagesResource(_Resource, AsyncRawImageEditsSignature, AsyncRawImagesSignature):
    """The same with the HTTP response of each reply."""

    __slots__ = ()

    if not TYPE_CHECKING:
        generate = _asks_async("AsyncRawImagesResource", "images", IMAGES_DOCUMENT, raw=True, name="generate")
        edit = _asks_async(
            "AsyncRawImageEditsResource", "image_edits", IMAGE_EDITS_DOCUMENT, raw=True, name="edit"
        )


class AsyncImagesResource(_Resource, AsyncImageEditsSignature, AsyncImagesSignature):
    """Makes images, and changes them."""

    __slots__ = ()

    if not TYPE_CHECKING:
        generate = _asks_async("AsyncImagesResource", "images", IMAGES_DOCUMENT, name="generate")
        edit = _asks_async("AsyncImageEditsResource", "image_edits", IMAGE_EDITS_DOCUMENT, name="edit")

    @property
    def with_raw_response(self) -> AsyncRawImagesResource:
        return AsyncRawImagesResource(self._native)


class RawSpeechResource(_Resource, RawSpeechSignature):
    """The same with the HTTP response of each reply."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("RawSpeechResource", "speech", SPEECH_DOCUMENT, raw=True)


class SpeechResource(_Resource, SpeechSignature):
    """Text to speech."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("SpeechResource", "speech", SPEECH_DOCUMENT)

    @property
    def with_raw_response(self) -> RawSpeechResource:
        return RawSpeechResource(self._native)


class AsyncRawSpeechResource(_Resource, AsyncRawSpeechSignature):
    """The same with the HTTP response of each reply."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncRawSpeechResource", "speech", SPEECH_DOCUMENT, raw=True)


class AsyncSpeechResource(_Resource, AsyncSpeechSignature):
    """Text to speech."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncSpeechResource", "speech", SPEECH_DOCUMENT)

    @property
    def with_raw_response(self) -> AsyncRawSpeechResource:
        return AsyncRawSpeechResource(self._native)


class RawTranscriptionsResource(_Resource, RawTranscriptionsSignature):
    """The same with the HTTP response of each reply."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("RawTranscriptionsResource", "transcriptions", TRANSCRIPTIONS_DOCUMENT, raw=True)


class TranscriptionsResource(_Resource, TranscriptionsSignature):
    """Speech to text."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("TranscriptionsResource", "transcriptions", TRANSCRIPTIONS_DOCUMENT)

    @property
    def with_raw_response(self) -> RawTranscriptionsResource:
        return RawTranscriptionsResource(self._native)


class AsyncRawTranscriptionsResource(_Resource, AsyncRawTranscriptionsSignature):
    """The same with the HTTP response of each reply."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async(
            "AsyncRawTranscriptionsResource", "transcriptions", TRANSCRIPTIONS_DOCUMENT, raw=True
        )


class AsyncTranscriptionsResource(_Resource, AsyncTranscriptionsSignature):
    """Speech to text."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncTranscriptionsResource", "transcriptions", TRANSCRIPTIONS_DOCUMENT)

    @property
    def with_raw_response(self) -> AsyncRawTranscriptionsResource:
        return AsyncRawTranscriptionsResource(self._native)


class RawTranslationsResource(_Resource, RawTranslationsSignature):
    """The same with the HTTP response of each reply."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("RawTranslationsResource", "translations", TRANSLATIONS_DOCUMENT, raw=True)


class TranslationsResource(_Resource, TranslationsSignature):
    """Speech to English text."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("TranslationsResource", "translations", TRANSLATIONS_DOCUMENT)

    @property
    def with_raw_response(self) -> RawTranslationsResource:
        return RawTranslationsResource(self._native)


class AsyncRawTranslationsResource(_Resource, AsyncRawTranslationsSignature):
    """The same with the HTTP response of each reply."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncRawTranslationsResource", "translations", TRANSLATIONS_DOCUMENT, raw=True)


class AsyncTranslationsResource(_Resource, AsyncTranslationsSignature):
    """Speech to English text."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncTranslationsResource", "translations", TRANSLATIONS_DOCUMENT)

    @property
    def with_raw_response(self) -> AsyncRawTranslationsResource:
        return AsyncRawTranslationsResource(self._native)


class RawModerationsResource(_Resource, RawModerationsSignature):
    """The same with the HTTP response of each reply."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("RawModerationsResource", "moderations", MODERATIONS_DOCUMENT, raw=True)


class ModerationsResource(_Resource, ModerationsSignature):
    """Whether texts or images are objectionable."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks("ModerationsResource", "moderations", MODERATIONS_DOCUMENT)

    @property
    def with_raw_response(self) -> RawModerationsResource:
        return RawModerationsResource(self._native)


class AsyncRawModerationsResource(_Resource, AsyncRawModerationsSignature):
    """The same with the HTTP response of each reply."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncRawModerationsResource", "moderations", MODERATIONS_DOCUMENT, raw=True)


class AsyncModerationsResource(_Resource, AsyncModerationsSignature):
    """Whether texts or images are objectionable."""

    __slots__ = ()

    if not TYPE_CHECKING:
        create = _asks_async("AsyncModerationsResource", "moderations", MODERATIONS_DOCUMENT)

    @property
    def with_raw_response(self) -> AsyncRawModerationsResource:
        return AsyncRawModerationsResource(self._native)


class Audio(_Resource):
    """Speech of texts, and texts of speech."""

    __slots__ = ("speech", "transcriptions", "translations")

    def __init__(self, native: NativeClient) -> None:
        super().__init__(native)
        self.speech = SpeechResource(native)
        self.transcriptions = TranscriptionsResource(native)
        self.translations = TranslationsResource(native)


class AsyncAudio(_Resource):
    """Speech of texts, and texts of speech."""

    __slots__ = ("speech", "transcriptions", "translations")

    def __init__(self, native: NativeClient) -> None:
        super().__init__(native)
        self.speech = AsyncSpeechResource(native)
        self.transcriptions = AsyncTranscriptionsResource(native)
        self.translations = AsyncTranslationsResource(native)
