// The default theme, with the fonts of the system: nothing is fetched from elsewhere.
import { Content } from 'vitepress'
import DefaultTheme, { VPHomeContent, VPHomeFeatures, VPHomeHero } from 'vitepress/theme-without-fonts'
import { h } from 'vue'
import './style.css'

/** The front page, as the theme has it, but in an element that says that it is the main one. */
const Front = () =>
  h('main', { class: 'VPHome' }, [h(VPHomeHero), h(VPHomeFeatures), h(VPHomeContent, null, () => h(Content))])

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => app.component('front', Front),
}
