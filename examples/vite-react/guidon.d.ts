// Written by `guidon types`, which writes it anew: what you change here will not stay.
import 'guidon'

declare module 'guidon' {
  interface FlagTypes {
    "ai-summaries": string
    "analytics_sample_rate": string
    "board-templates": string
    "calendar-sync": string
    "cookie-notice": string
    "dark-mode": string | number | boolean
    "export_to_pdf": string | number | boolean
    "font-size": number
    "home-hero-text": string
    "keyboard-shortcuts-help": string | number | boolean
    "legacy-editor": string | number | boolean
    "live-cursors": string | number | boolean
    "maintenance-notice": string
    "mascot-greeting": string
    "max_boards": number
    "max_upload_mb": number
    "navigation-style": string
    "new-checkout": string | number | boolean
    "offline-editing": string | number | boolean
    "onboarding-flow": string
    "pricing-page-layout": string
    "referral_programme": string
    "release-channel": string
    "search_ranking_model": string
    "session_timeout_minutes": number
    "support-chat": string
    "theme": string
    "trial-length-days": number
    "two-factor-reminder": string
    "upgrade-button-label": string
    "welcome-banner": string
  }
}
