/**
 * Chart: an SVG from series of points, readable on light and dark pages.
 */

import { LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([LineChart, ScatterChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

export interface Series {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
  /** For a theory, or another system, to compare with. @default false */
  readonly dashed?: boolean
  /** For a value that changes in steps. @default false */
  readonly stepped?: boolean
}

export interface Panel {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

export interface Axis {
  readonly label: string
  readonly scale?: 'linear' | 'log'
  readonly min?: number
  readonly max?: number
}

const width = 760
const panelHeight = 320
const ink = '#7a7f87'
const colours = ['#2f6fde', '#d9480f', '#2b8a3e', '#9c36b5']

/** Draws panels, one below the other. */
export function chartSvg(panels: readonly Panel[]): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height: panelHeight * panels.length })
  const top = (i: number) => i * panelHeight
  chart.setOption({
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: 'system-ui, sans-serif', color: ink },
    color: colours,
    title: panels.map(({ title }, i) => ({
      text: title,
      left: 12,
      top: top(i) + 10,
      textStyle: { fontSize: 15, fontWeight: 600, color: ink },
    })),
    legend: panels.map(({ series }, i) => ({
      data: series.length > 1 ? series.map(({ name }) => name) : [],
      left: 8,
      top: top(i) + 34,
      textStyle: { color: ink },
      itemWidth: 26,
      itemGap: 18,
    })),
    grid: panels.map((_, i) => ({ left: 70, right: 28, top: top(i) + 92, height: panelHeight - 152 })),
    xAxis: panels.map(({ x }, gridIndex) => axis(x, gridIndex, 'x')),
    yAxis: panels.map(({ y }, gridIndex) => axis(y, gridIndex, 'y')),
    series: panels.flatMap(({ series }, i) =>
      series.map(({ name, points, dashed = false, stepped = false }) => ({
        type: 'line',
        name,
        data: points.map(point => [...point]),
        xAxisIndex: i,
        yAxisIndex: i,
        step: stepped ? 'end' : false,
        showSymbol: points.length <= 24 && !dashed,
        symbol: 'circle',
        symbolSize: 7,
        lineStyle: { width: 2, type: dashed ? 'dashed' : 'solid' },
      })),
    ),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

function axis({ label, scale = 'linear', min, max }: Axis, gridIndex: number, way: 'x' | 'y'): object {
  return {
    gridIndex,
    type: scale === 'log' ? 'log' : 'value',
    name: label,
    nameLocation: way === 'x' ? 'middle' : 'end',
    nameGap: way === 'x' ? 28 : 10,
    nameTextStyle: {
      color: ink,
      align: way === 'x' ? 'center' : 'left',
      padding: way === 'y' ? [0, 0, 0, -40] : 0,
    },
    axisLabel: { color: ink, formatter: (value: number) => value.toLocaleString('en') },
    axisLine: { show: way === 'x', lineStyle: { color: ink } },
    splitLine: { show: way === 'y', lineStyle: { color: ink, opacity: 0.25 } },
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  }
}
